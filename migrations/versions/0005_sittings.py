"""sittings: papers made beforehand, extra time, extensions, pauses, notes, sealed files, seals and commitments"""

import sqlalchemy as sa
from alembic import op

from quizapp.db import Json

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table('accommodation',
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('extra_percent', sa.Integer(), nullable=False),
    sa.Column('break_minutes', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('granted_by', sa.Integer(), nullable=True),
    sa.Column('granted_at', moment, nullable=False),
    sa.CheckConstraint('extra_percent in (0, 30, 50, 100)', name=op.f('ck_accommodation_extra')),
    sa.CheckConstraint('break_minutes between 0 and 120', name=op.f('ck_accommodation_breaks')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_accommodation_exam_id_exam')),
    sa.ForeignKeyConstraint(['candidate_id'], ['person.id'], name=op.f('fk_accommodation_candidate_id_person')),
    sa.ForeignKeyConstraint(['granted_by'], ['person.id'], name=op.f('fk_accommodation_granted_by_person')),
    sa.PrimaryKeyConstraint('exam_id', 'candidate_id', name=op.f('pk_accommodation'))
    )
    op.create_table('extension',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('granted_by', sa.Integer(), nullable=True),
    sa.Column('granted_at', moment, nullable=False),
    sa.CheckConstraint('minutes between 1 and 240', name=op.f('ck_extension_minutes')),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_extension_exam_id_exam')),
    sa.ForeignKeyConstraint(['candidate_id'], ['person.id'], name=op.f('fk_extension_candidate_id_person')),
    sa.ForeignKeyConstraint(['granted_by'], ['person.id'], name=op.f('fk_extension_granted_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension'))
    )
    op.create_index('ix_extension_exam_id', 'extension', ['exam_id'])
    op.create_table('commitment',
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('salt', sa.String(length=64), nullable=False),
    sa.Column('committed_at', moment, nullable=False),
    sa.Column('opened_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['exam_id'], ['exam.id'], name=op.f('fk_commitment_exam_id_exam')),
    sa.PrimaryKeyConstraint('exam_id', name=op.f('pk_commitment'))
    )
    op.create_table('prepared_paper',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('exam_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('form_id', sa.Integer(), nullable=False),
    sa.Column('layout', Json, nullable=False),
    sa.PrimaryKeyConstraint('candidate_id', 'exam_id', 'number', name=op.f('pk_prepared_paper'))
    )
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settles_at', moment, nullable=True))
        batch_op.add_column(sa.Column('paused_at', moment, nullable=True))
        batch_op.add_column(sa.Column('max_shared', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('max_uses', sa.Integer(), nullable=True))
    op.execute('update exam set settles_at = closes_at')
    with op.batch_alter_table('exam', schema=None) as batch_op:
        batch_op.alter_column('settles_at', existing_type=moment, nullable=False)
        batch_op.create_check_constraint(op.f('ck_exam_settles'), 'settles_at >= closes_at')
    zero, nothing = sa.text('0'), sa.text("''")
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_column('saved_at')
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default=zero))
        batch_op.add_column(sa.Column('break_left', sa.Integer(), nullable=False, server_default=zero))
        batch_op.add_column(sa.Column('break_started_at', moment, nullable=True))
        batch_op.add_column(sa.Column('signature', sa.String(length=128), nullable=False, server_default=nothing))
        batch_op.add_column(sa.Column('sealed_by', sa.Integer(), nullable=True))
    with op.batch_alter_table('answer_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('digest', sa.String(length=64), nullable=False, server_default=nothing))
    unsealed = sa.text('sealed_by is null and finished_at is not null')
    op.create_index('ix_attempt_unsealed', 'attempt', ['finished_at'], postgresql_where=unsealed,
                    sqlite_where=unsealed)
    attempt = (['candidate_id', 'attempt_id'], ['attempt.candidate_id', 'attempt.id'])
    op.create_table('note',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', moment, nullable=False),
    sa.Column('lasted', sa.Integer(), nullable=True),
    sa.Column('device', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(*attempt, name=op.f('fk_note_candidate_id_attempt_id_attempt')),
    sa.PrimaryKeyConstraint('candidate_id', 'attempt_id', 'id', name=op.f('pk_note'))
    )
    op.create_table('note_review',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('reply', sa.String(length=500), nullable=False),
    sa.Column('replied_at', moment, nullable=True),
    sa.Column('decision', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', moment, nullable=True),
    sa.CheckConstraint("decision in ('', 'no_concern', 'follow_up')", name=op.f('ck_note_review_decision')),
    sa.ForeignKeyConstraint(*attempt, name=op.f('fk_note_review_candidate_id_attempt_id_attempt')),
    sa.PrimaryKeyConstraint('candidate_id', 'attempt_id', name=op.f('pk_note_review'))
    )
    op.create_table('sealed_file',
    sa.Column('candidate_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('attempt_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('exam_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('content', Json, nullable=False),
    sa.Column('uploaded_by', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', moment, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('first_by', sa.Integer(), nullable=True),
    sa.Column('first_at', moment, nullable=True),
    sa.Column('second_by', sa.Integer(), nullable=True),
    sa.Column('second_at', moment, nullable=True),
    sa.CheckConstraint("state in ('waiting', 'approved', 'accepted', 'refused')", name=op.f('ck_sealed_file_state')),
    sa.ForeignKeyConstraint(*attempt, name=op.f('fk_sealed_file_candidate_id_attempt_id_attempt')),
    sa.PrimaryKeyConstraint('candidate_id', 'attempt_id', 'id', name=op.f('pk_sealed_file')),
    sa.UniqueConstraint('candidate_id', 'attempt_id', 'digest', name=op.f('uq_sealed_file_candidate_id_attempt_id_digest'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        # every save moves the row of its attempt: the layout lies beside it and is not copied, and the page of
        # the row keeps room for its next version
        op.execute('alter table attempt alter column layout set storage external')
        op.execute('alter table attempt set (toast_tuple_target = 128, fillfactor = 70)')
        op.execute('alter table answer set (fillfactor = 80)')
