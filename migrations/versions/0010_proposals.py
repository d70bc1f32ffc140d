"""proposals: acts that wait for a second person"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = "0009"

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table('proposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('object_id', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('params', JSON, nullable=False),
    sa.Column('seen', JSON, nullable=False),
    sa.Column('shown', JSON, nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('proposed_by', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('outcome', JSON, nullable=False),
    sa.Column('alone', sa.Boolean(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('waiting', 'done', 'refused', 'withdrawn', 'lapsed')", name=op.f('ck_proposal_state')),
    sa.CheckConstraint(
        "state <> 'done' or (alone and decided_by is null)"
        " or (not alone and decided_by is not null and decided_by <> proposed_by)", name=op.f('ck_proposal_two_persons')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_proposal_decided_by_person')),
    sa.ForeignKeyConstraint(['proposed_by'], ['person.id'], name=op.f('fk_proposal_proposed_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    op.create_index('uq_proposal_waiting', 'proposal', ['kind', 'object_id'], unique=True, postgresql_where=WAITING,
                    sqlite_where=WAITING)
    op.create_index('ix_proposal_state_expires_at', 'proposal', ['state', 'expires_at'])
    op.create_index('ix_proposal_kind_object_id', 'proposal', ['kind', 'object_id'])
    op.create_index(op.f('ix_proposal_proposed_by'), 'proposal', ['proposed_by'])
