"""certificates"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'

VALID = sa.text('revoked_at is null')


def upgrade() -> None:
    op.create_table('certificate',
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('unit', sa.String(length=120), nullable=False),
    sa.Column('exam', sa.String(length=120), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('grade', sa.String(length=10), nullable=False),
    sa.Column('sat_on', sa.Date(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_why', sa.String(length=300), nullable=False),
    sa.Column('replaced_by', sa.String(length=40), nullable=True),
    sa.CheckConstraint("grade in ('passed', 'excellent')", name=op.f('ck_certificate_grade')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_certificate_exam_id_exam')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_person_id_person')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_certificate'))
    )
    op.create_index('uq_certificate_valid', 'certificate', ['person_id', 'exam_id'], unique=True, postgresql_where=VALID,
                    sqlite_where=VALID)
    op.create_index('ix_certificate_exam_id', 'certificate', ['exam_id'])
    op.create_index(op.f('ix_certificate_person_id'), 'certificate', ['person_id'])
