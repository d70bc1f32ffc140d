"""filings: reports as they were handed in, numbered, versioned and sealed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('filing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('settings', JSON, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('exam', 'year', 'notice')", name=op.f('ck_filing_kind')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_filing_exam_id_exam')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing')),
    sa.UniqueConstraint('number', name=op.f('uq_filing_number')),
    sa.UniqueConstraint('subject', name=op.f('uq_filing_subject'))
    )
    op.create_index(op.f('ix_filing_year'), 'filing', ['year'])
    op.create_index(op.f('ix_filing_exam_id'), 'filing', ['exam_id'])
    op.create_table('filing_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', JSON, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('signature', sa.String(length=128), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('difference', JSON, nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_version_filing_id_filing')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_filing_version_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_version')),
    sa.UniqueConstraint('filing_id', 'version', name=op.f('uq_filing_version_filing_id_version'))
    )
    op.create_table('filing_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_check_filing_id_filing')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_filing_check_by_id_person')),
    sa.ForeignKeyConstraint(['version_id'], ['filing_version.id'], name=op.f('fk_filing_check_version_id_filing_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_check')),
    sa.UniqueConstraint('filing_id', 'reference', name=op.f('uq_filing_check_filing_id_reference'))
    )
    op.create_table('filing_person',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('sat', sa.Boolean(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('sat_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['filing_version.id'], name=op.f('fk_filing_person_version_id_filing_version')),
    sa.PrimaryKeyConstraint('version_id', 'candidate_id', name=op.f('pk_filing_person'))
    )
    op.create_index(op.f('ix_filing_person_candidate_id'), 'filing_person', ['candidate_id'])
    op.create_table('filing_holder',
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('known', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_holder_filing_id_filing')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_filing_holder_person_id_person')),
    sa.PrimaryKeyConstraint('filing_id', 'person_id', name=op.f('pk_filing_holder'))
    )
    op.create_index(op.f('ix_filing_holder_person_id'), 'filing_holder', ['person_id'])
    op.create_table('filing_draft',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sections', JSON, nullable=False),
    sa.Column('facts', JSON, nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['saved_by'], ['person.id'], name=op.f('fk_filing_draft_saved_by_person')),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_filing_draft'))
    )
