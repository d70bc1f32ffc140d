"""second factor: authenticators and recovery codes; short codes beside one-time links; what a failed try was of"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table('second_factor',
    sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('confirmed_at', moment, nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_second_factor_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_second_factor'))
    )
    op.create_table('recovery_code',
    sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['second_factor.person_id'],
                            name=op.f('fk_recovery_code_person_id_second_factor')),
    sa.PrimaryKeyConstraint('person_id', 'code_hash', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=4), nullable=False, server_default='link'))
        batch_op.add_column(sa.Column('tries', sa.Integer(), nullable=False, server_default=sa.text('0')))
        batch_op.create_check_constraint(op.f('ck_one_time_link_kind'), "kind in ('link', 'code')")
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.add_column(sa.Column('step', sa.String(length=8), nullable=False, server_default='password'))
        batch_op.create_check_constraint(op.f('ck_failed_sign_in_step'), "step in ('password', 'second', 'code')")
