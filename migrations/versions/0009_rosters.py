"""rosters: excuse and deferral as a workflow with reasons and attachments; changes of a frozen roster"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = "0008"

OPEN_CASE = sa.text("state in ('asked', 'consented')")
# to begin with; administrators add their own and retire what does not fit
REASONS = {
    "excused": ("两年内退休", "本年度退休", "长期病假", "长期在国（境）外学习", "外派或者借调到外地", "岗位特殊，按规定不参加",
                "编外合同制人员"),
    "deferred": ("因公出差", "生病住院", "产假或者护理假", "参加脱产培训", "紧急公务"),
}


def upgrade() -> None:
    reason = op.create_table('excuse_reason',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('excused', 'deferred')", name=op.f('ck_excuse_reason_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse_reason')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_excuse_reason_kind_name'))
    )
    op.bulk_insert(reason, [{"kind": kind, "name": name} for kind, names in REASONS.items() for name in names])
    op.create_table('excuse_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('reason_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('capacity', sa.String(length=4), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('excused', 'deferred')", name=op.f('ck_excuse_case_kind')),
    sa.CheckConstraint("state in ('asked', 'consented', 'declined', 'granted', 'refused', 'withdrawn', 'reversed',"
                       " 'dropped')", name=op.f('ck_excuse_case_state')),
    sa.CheckConstraint("capacity in ('self', 'unit', 'desk')", name=op.f('ck_excuse_case_capacity')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_excuse_case_exam_id_exam')),
    sa.ForeignKeyConstraint(['candidate_id'], ['person.id'], name=op.f('fk_excuse_case_candidate_id_person')),
    sa.ForeignKeyConstraint(['reason_id'], ['excuse_reason.id'], name=op.f('fk_excuse_case_reason_id_excuse_reason')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_excuse_case_asked_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse_case'))
    )
    op.create_index('uq_excuse_case_open', 'excuse_case', ['exam_id', 'candidate_id'], unique=True,
                    postgresql_where=OPEN_CASE, sqlite_where=OPEN_CASE)
    op.create_index('ix_excuse_case_exam_id_candidate_id', 'excuse_case', ['exam_id', 'candidate_id'])
    op.create_index(op.f('ix_excuse_case_candidate_id'), 'excuse_case', ['candidate_id'])
    op.create_table('excuse_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=10), nullable=False),
    sa.Column('capacity', sa.String(length=4), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=80), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['excuse_case.id'], name=op.f('fk_excuse_step_case_id_excuse_case')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_excuse_step_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse_step'))
    )
    op.create_index(op.f('ix_excuse_step_case_id'), 'excuse_step', ['case_id'])
    op.create_table('excuse_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['excuse_case.id'], name=op.f('fk_excuse_file_case_id_excuse_case')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_excuse_file_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse_file'))
    )
    op.create_index(op.f('ix_excuse_file_case_id'), 'excuse_file', ['case_id'])
    op.create_table('roster_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(length=120), nullable=False),
    sa.Column('act', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("act in ('added', 'removed')", name=op.f('ck_roster_change_act')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_roster_change_exam_id_exam')),
    sa.ForeignKeyConstraint(['candidate_id'], ['person.id'], name=op.f('fk_roster_change_candidate_id_person')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_roster_change_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_change'))
    )
    op.create_index(op.f('ix_roster_change_exam_id'), 'roster_change', ['exam_id'])
