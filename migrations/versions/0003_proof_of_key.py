"""proof of key: the fingerprint and span of the article that proves it; what the files said when last built"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    with op.batch_alter_table('citation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('fingerprint', sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column('span_start', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('span_end', sa.Integer(), nullable=True))
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('file_hash', sa.String(length=64), nullable=True))
    # what stands in the bank came from the files as they were
    op.execute("update item set file_hash = (select content_hash from item_version"
               " where item_version.item_id = item.id and item_version.number = item.current_version)"
               " where origin = 'authored'")


def downgrade() -> None:
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.drop_column('file_hash')
    with op.batch_alter_table('citation', schema=None) as batch_op:
        for column in ('fingerprint', 'span_start', 'span_end'):
            batch_op.drop_column(column)
