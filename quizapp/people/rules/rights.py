"""Who may act on whose data and account, and which roles nobody holds together.

System, security and audit are three people's work, as graded protection asks (GB/T 22239, 安全管理中心): the system
administrator keeps units and people's data, the security administrator roles and the accounts of those who hold one,
the auditor reads the record of both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from quizapp.kernel.roles import Role

DESKS = frozenset({Role.SYSTEM_ADMIN, Role.EXAM_ADMIN})
# without one of each, nobody could administer the platform any more
NEEDED = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
# what nobody may hold together, with the sentence that says so
APART: Mapping[frozenset[Role], str] = {
    frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}):
        "系统管理员和安全管理员不能是同一个人，没有授予：请授予另一个人，或者先收回这个人现在的角色",
    frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR}):
        "系统管理员和审计员不能是同一个人，没有授予：请授予另一个人，或者先收回这个人现在的角色",
    frozenset({Role.SECURITY_ADMIN, Role.AUDITOR}):
        "安全管理员和审计员不能是同一个人，没有授予：请授予另一个人，或者先收回这个人现在的角色",
    frozenset({Role.EXAM_ADMIN, Role.AUDITOR}):
        "考试管理员和审计员不能是同一个人，没有授予：请授予另一个人，或者先收回这个人现在的角色",
}


def may_link(own: Collection[Role], theirs: Collection[Role]) -> bool:
    """Whether holders of `own` may hand a new password link or code to a holder of `theirs`, never to themselves.

    Such a link opens the account, so whoever makes it could act as that person: liaisons make links for people without
    roles, exam and system administrators for liaisons too, security administrators for everybody who holds a role.
    """
    if Role.SECURITY_ADMIN in own and theirs:
        return True
    if DESKS & set(own):
        return set(theirs) <= {Role.LIAISON}
    return Role.LIAISON in own and not theirs


def may_change(own: Collection[Role], theirs: Collection[Role]) -> bool:
    """Whether holders of `own` may change name, rank, post type and memberships of a holder of `theirs`."""
    return Role.SYSTEM_ADMIN in own or (Role.EXAM_ADMIN in own and set(theirs) <= {Role.LIAISON})


def may_close(own: Collection[Role], theirs: Collection[Role]) -> bool:
    """Whether holders of `own` may deactivate, reactivate or sign out a holder of `theirs`."""
    return Role.SECURITY_ADMIN in own or (bool(DESKS & set(own)) and set(theirs) <= {Role.LIAISON})


def clash(held: Collection[Role], role: Role) -> str:
    """Why a holder of `held` may not be given that role too; "" where they may."""
    return next((APART[pair] for one in sorted(held) if (pair := frozenset({one, role})) in APART), "")


def clashing(held: Collection[Role]) -> list[Role]:
    """Those of the roles that nobody ought to hold together, as the first account does until somebody else has one."""
    return [role for role in Role if role in held and clash([one for one in held if one != role], role)]
