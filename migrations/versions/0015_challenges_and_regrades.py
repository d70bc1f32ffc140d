"""challenges to a question, and regrades with what each changed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
OPEN = sa.text("state = 'open'")
UNCONFIRMED = sa.text("confirmed_at is null")


def upgrade() -> None:
    op.create_table('regrade',
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('item_version_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('treatment', sa.String(length=8), nullable=False),
    sa.Column('key', JSON, nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False),
    sa.Column('proposed_by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('results', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint("treatment in ('key', 'full', 'removed')", name=op.f('ck_regrade_treatment')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_regrade_exam_id_exam')),
    sa.ForeignKeyConstraint(['item_version_id'], ['item_version.id'], name=op.f('fk_regrade_item_version_id_item_version')),
    sa.PrimaryKeyConstraint('exam_id', 'number', name=op.f('pk_regrade'))
    )
    op.create_index(op.f('ix_regrade_item_version_id'), 'regrade', ['item_version_id'])
    op.create_table('challenge',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('item_version_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('open', 'stands', 'granted')", name=op.f('ck_challenge_state')),
    sa.ForeignKeyConstraint(['candidate_id', 'attempt_id'], ['attempt.candidate_id', 'attempt.id'],
                            name=op.f('fk_challenge_candidate_id_attempt_id_attempt')),
    sa.PrimaryKeyConstraint('candidate_id', 'id', name=op.f('pk_challenge'))
    )
    op.create_index('uq_challenge_open', 'challenge', ['candidate_id', 'exam_id', 'item_version_id', 'part'], unique=True,
                    postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index('ix_challenge_exam_id_item_version_id_part', 'challenge', ['exam_id', 'item_version_id', 'part'])
    op.create_table('regraded_attempt',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('answer_before', sa.Integer(), nullable=True),
    sa.Column('answer_after', sa.Integer(), nullable=True),
    sa.Column('score_before', sa.Integer(), nullable=True),
    sa.Column('score_after', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id', 'attempt_id'], ['attempt.candidate_id', 'attempt.id'],
                            name=op.f('fk_regraded_attempt_candidate_id_attempt_id_attempt')),
    sa.ForeignKeyConstraint(['exam_id', 'number'], ['regrade.exam_id', 'regrade.number'],
                            name=op.f('fk_regraded_attempt_exam_id_number_regrade')),
    sa.PrimaryKeyConstraint('candidate_id', 'attempt_id', 'number', name=op.f('pk_regraded_attempt'))
    )
    op.create_index('ix_regraded_attempt_exam_id_number', 'regraded_attempt', ['exam_id', 'number'])
    op.create_table('regraded_result',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('exam_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('attempt_before', sa.Uuid(), nullable=True),
    sa.Column('attempt_after', sa.Uuid(), nullable=True),
    sa.Column('score_before', sa.Integer(), nullable=True),
    sa.Column('score_after', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['exam_id', 'number'], ['regrade.exam_id', 'regrade.number'],
                            name=op.f('fk_regraded_result_exam_id_number_regrade')),
    sa.PrimaryKeyConstraint('candidate_id', 'exam_id', 'number', name=op.f('pk_regraded_result'))
    )
    op.create_index('ix_regraded_result_exam_id_number', 'regraded_result', ['exam_id', 'number'])
    op.create_table('personal_notice',
    sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('message', JSON, nullable=False),
    sa.Column('link', JSON, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('person_id', 'id', name=op.f('pk_personal_notice'))
    )
    op.create_index('ix_personal_notice_open', 'personal_notice', ['person_id'], postgresql_where=UNCONFIRMED,
                    sqlite_where=UNCONFIRMED)
