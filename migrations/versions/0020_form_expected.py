"""the share of marks that each form is expected to bring

Forms that are there say nothing: what was predicted when they were made was not kept with them.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    with op.batch_alter_table('form', schema=None) as batch_op:
        batch_op.add_column(sa.Column('expected', sa.Double(), nullable=True))
