"""two markers for an answer, and a third where they differ; a rule of marking that takes marks off

Exams that are there keep one marker and their rule.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = '0018'
down_revision = '0017'

RULES = "multiple_rule in ('all_or_nothing', 'partial_no_wrong', 'partial_balanced', 'negative')"


def upgrade() -> None:
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.add_column(sa.Column('markers', sa.Integer(), nullable=False, server_default=sa.text('1')))
        batch_op.add_column(sa.Column('marker_tolerance', sa.Integer(), nullable=False, server_default=sa.text('20')))
        batch_op.add_column(sa.Column('own_unit_barred', sa.Boolean(), nullable=False, server_default=sa.text('false')))
        batch_op.drop_constraint(op.f('ck_exam_multiple_rule'), type_='check')
        batch_op.create_check_constraint(op.f('ck_exam_multiple_rule'), RULES)
        batch_op.create_check_constraint(op.f('ck_exam_marking'), 'markers in (1, 2) and marker_tolerance between 0 and 100')
    op.create_table(
        'marking_reading',
        sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('attempt_id', sa.Uuid(), nullable=False),
        sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('marker_id', sa.Integer(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('points', sa.JSON().with_variant(JSONB(), 'postgresql'), nullable=False),
        sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('place between 1 and 3', name=op.f('ck_marking_reading_place')),
        sa.ForeignKeyConstraint(['candidate_id', 'attempt_id', 'position'],
                                ['answer.candidate_id', 'answer.attempt_id', 'answer.position'],
                                name=op.f('fk_marking_reading_candidate_id_attempt_id_position_answer')),
        sa.PrimaryKeyConstraint('candidate_id', 'attempt_id', 'position', 'place', name=op.f('pk_marking_reading')),
        sa.UniqueConstraint('candidate_id', 'attempt_id', 'position', 'marker_id',
                            name=op.f('uq_marking_reading_candidate_id_attempt_id_position_marker_id')),
    )
    op.create_index('ix_marking_reading_marker_id_marked_at', 'marking_reading', ['marker_id', 'marked_at'])
