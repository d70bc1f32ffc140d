"""who an exam is for; Party branches as a second tree, with memberships of their own

What was there before is for everybody, and every unit and membership is of the administrative tree.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = '0012'
down_revision = '0011'

OPEN_MAIN = sa.text("until is null and kind = 'main'")
OPEN_PARTY = sa.text("until is null and kind = 'party'")


def upgrade() -> None:
    lists = sa.JSON().with_variant(JSONB(), 'postgresql')
    op.add_column('exam', sa.Column('audience', lists, nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=14), nullable=False, server_default=sa.text("'administrative'")))
        batch_op.create_check_constraint(op.f('ck_unit_kind'), "kind in ('administrative', 'party')")
    op.drop_index('uq_membership_open', 'membership')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_membership_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_membership_kind'), "kind in ('main', 'seconded', 'party')")
    for name, which in (('uq_membership_open', OPEN_MAIN), ('uq_membership_open_party', OPEN_PARTY)):
        op.create_index(name, 'membership', ['person_id'], unique=True, postgresql_where=which, sqlite_where=which)
