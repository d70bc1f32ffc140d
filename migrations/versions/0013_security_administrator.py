"""security administrator: who could do everything about accounts keeps it, until a second person takes one of the two"""

from alembic import op

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    op.execute(
        "insert into role_grant (person_id, role, unit_id)"
        " select distinct person_id, 'security_admin', cast(null as integer) from role_grant as held where role = 'system_admin'"
        " and not exists (select 1 from role_grant as other"
        " where other.person_id = held.person_id and other.role = 'security_admin')"
    )
