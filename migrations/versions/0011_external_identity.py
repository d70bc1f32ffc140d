"""external identities: accounts at a provider; by what somebody signed in, and whether that asked for a second factor"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table('external_identity',
    sa.Column('issuer', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_external_identity_person_id_person')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_external_identity')),
    sa.UniqueConstraint('person_id', 'issuer', name=op.f('uq_external_identity_person_id_issuer'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.add_column(sa.Column('way', sa.String(length=8), nullable=False, server_default=sa.text("'password'")))
        batch_op.add_column(sa.Column('strong', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_check_constraint(op.f('ck_sign_in_way'), "way in ('password', 'oidc', 'ldap')")
