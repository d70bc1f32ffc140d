"""Who may act on whose account. A right never reaches further up than the one who uses it."""

from __future__ import annotations

from collections.abc import Collection

from quizapp.kernel.roles import Role

DESKS = frozenset({Role.SYSTEM_ADMIN, Role.EXAM_ADMIN})


def may_link(own: Collection[Role], theirs: Collection[Role]) -> bool:
    """Whether holders of `own` may hand a new password link to a holder of `theirs`.

    Such a link opens the account, so whoever makes it could act as that person: liaisons make links for
    people without roles, exam administrators for liaisons too, system administrators for everybody.
    """
    if Role.SYSTEM_ADMIN in own:
        return True
    if Role.EXAM_ADMIN in own:
        return set(theirs) <= {Role.LIAISON}
    return Role.LIAISON in own and not theirs


def may_change(own: Collection[Role], theirs: Collection[Role]) -> bool:
    """Whether holders of `own` may edit, transfer, deactivate or sign out a holder of `theirs`."""
    return bool(DESKS & set(own)) and may_link(own, theirs)
