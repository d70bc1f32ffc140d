"""refusals on record, cuts of the audit chain, people whose data was erased"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = "0007"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outcome', sa.String(length=8), nullable=True))
        batch_op.create_check_constraint(op.f('ck_audit_event_outcome'), "outcome in ('allowed', 'refused')")
        batch_op.create_index('ix_audit_event_at', ['at'])
        batch_op.create_index('ix_audit_event_address', ['address'])
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('audit_cut',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('kept_digest', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('signature', sa.String(length=128), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_cut'))
    )
    op.create_table('refusal',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('minute', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('object_type', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.String(length=80), nullable=False),
    sa.Column('detail', JSON, nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('written', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_refusal'))
    )
    op.create_index('ix_refusal_minute', 'refusal', ['minute'])
