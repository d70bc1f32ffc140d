"""memberships: secondments beside the main one, how a membership ended; what headings of roster files mean"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = "0006"

OPEN_MAIN = sa.text("until is null and kind = 'main'")


def upgrade() -> None:
    main, home, nothing = sa.text("'main'"), sa.text("'home'"), sa.text("''")
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('uq_membership_open')
        batch_op.add_column(sa.Column('kind', sa.String(length=10), nullable=False, server_default=main))
        batch_op.add_column(sa.Column('counting', sa.String(length=4), nullable=False, server_default=home))
        batch_op.add_column(sa.Column('ending', sa.String(length=10), nullable=False, server_default=nothing))
        batch_op.create_check_constraint(op.f('ck_membership_kind'), "kind in ('main', 'seconded')")
        batch_op.create_check_constraint(
            op.f('ck_membership_counting'), "counting in ('home', 'host') and (kind = 'seconded' or counting = 'home')")
        batch_op.create_check_constraint(
            op.f('ck_membership_ending'), "ending in ('', 'transfer', 'left', 'retired', 'back')")
    op.create_index('uq_membership_open', 'membership', ['person_id'], unique=True, postgresql_where=OPEN_MAIN,
                    sqlite_where=OPEN_MAIN)
    op.create_table('roster_heading',
    sa.Column('heading', sa.String(length=120), nullable=False),
    sa.Column('column_name', sa.String(length=20), nullable=False),
    sa.Column('chosen_by', sa.Integer(), nullable=True),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['chosen_by'], ['person.id'], name=op.f('fk_roster_heading_chosen_by_person')),
    sa.PrimaryKeyConstraint('heading', name=op.f('pk_roster_heading'))
    )

