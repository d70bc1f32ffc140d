"""who an exam is for: units, ranks and post types; what was there before is for everybody"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    lists = sa.JSON().with_variant(JSONB(), 'postgresql')
    op.add_column('exam', sa.Column('audience', lists, nullable=False, server_default=sa.text("'{}'")))
