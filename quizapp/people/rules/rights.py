"""Who may act on whose data and account, and which roles nobody holds together.

System, security and audit are three people's work, as graded protection asks (GB/T 22239, 安全管理中心): the system
administrator keeps units and people's data, the security administrator roles and the accounts of those who hold one,
the auditor reads the record of both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from quizapp.kernel.rights import Right
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


NOBODY = "没有找到这个人"
ERASED = "这个人的信息已经注销，不能再改；回来的请按新人员登记"
INACTIVE = "账号已经停用，请先恢复账号再生成链接"
LEFT = "这个人已经离开，不能再登录；回来任职的请先登记任职"
ABOVE = "这个人的角色高于你，请联系系统管理员"
ACCOUNT_ABOVE = "这个人的角色高于你，账号由安全管理员办理；联络员只给没有角色的人发链接和代码"
BY_OTHERS = "没有角色的人，由联络员、考试管理员或者系统管理员发链接和代码"


def _change_above(own: Collection[Role], theirs: Collection[Role]) -> str:
    return "" if may_change(own, theirs) else ABOVE


def _close_above(own: Collection[Role], theirs: Collection[Role]) -> str:
    return "" if may_close(own, theirs) else ACCOUNT_ABOVE


def _link_above(own: Collection[Role], theirs: Collection[Role]) -> str:
    return "" if may_link(own, theirs) else ACCOUNT_ABOVE if theirs else BY_OTHERS


# about a person: the unit is where they are now, the roles are theirs; the state is erased, inactive, left or ""
SEE = Right(hidden=NOBODY)
CHANGE = Right(hidden=NOBODY, above=_change_above, states={"erased": ERASED})
CLOSE = Right(hidden=NOBODY, above=_close_above, states={"erased": ERASED})
DEACTIVATE = Right(hidden=NOBODY, own="不能停用自己的账号，请由另一位管理员操作", above=_close_above, states={"erased": ERASED})
LEAVE = Right(own="不能给自己登记离开，请由另一位管理员操作")
RESET_SECOND_FACTOR = Right(
    hidden=NOBODY, above=_close_above, states={"erased": ERASED},
    own="自己的两步验证请在“我的账号”里用密码和验证码关闭；手机和恢复码都丢了，请另一位安全管理员重置",
)
LINK = Right(
    hidden=NOBODY, above=_link_above, states={"erased": ERASED, "inactive": INACTIVE, "left": LEFT},
    own="自己的链接和代码要由另一个人发；记得密码的，在“我的账号”里改",
)


def clash(held: Collection[Role], role: Role) -> str:
    """Why a holder of `held` may not be given that role too; "" where they may."""
    return next((APART[pair] for one in sorted(held) if (pair := frozenset({one, role})) in APART), "")


def clashing(held: Collection[Role]) -> list[Role]:
    """Those of the roles that nobody ought to hold together, as the first account does until somebody else has one."""
    return [role for role in Role if role in held and clash([one for one in held if one != role], role)]
