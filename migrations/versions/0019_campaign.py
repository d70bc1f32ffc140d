"""the campaign that an exam belongs to

Exams that are there name none, and are found by their title as before.
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'


def upgrade() -> None:
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.add_column(sa.Column('campaign', sa.String(length=300), nullable=True))
