"""No right reaches further up than the one who uses it."""

from __future__ import annotations

from itertools import combinations

import pytest

from quizapp.kernel.errors import InputError
from quizapp.kernel.roles import Role
from quizapp.people.rules.rights import clash, clashing, may_change, may_close, may_link
from quizapp.people.rules.sign_in import check_password, wait_after

SETS = [set(chosen) for size in range(3) for chosen in combinations(Role, size)]


@pytest.mark.parametrize("theirs", SETS)
def test_only_security_administrators_reach_privileged_accounts(theirs: set[Role]) -> None:
    assert may_link({Role.SECURITY_ADMIN}, theirs) == bool(theirs)
    assert may_close({Role.SECURITY_ADMIN}, theirs)
    assert not may_change({Role.SECURITY_ADMIN}, theirs)
    for desk in (Role.SYSTEM_ADMIN, Role.EXAM_ADMIN):
        assert may_link({desk}, theirs) == may_close({desk}, theirs) == (theirs <= {Role.LIAISON})
    assert may_change({Role.SYSTEM_ADMIN}, theirs)
    assert may_change({Role.EXAM_ADMIN}, theirs) == (theirs <= {Role.LIAISON})
    assert may_link({Role.LIAISON}, theirs) == (not theirs)
    for outsider in (Role.EDITOR, Role.REVIEWER, Role.AUDITOR):
        assert not may_link({outsider}, theirs)
        assert not may_close({outsider}, theirs)
    assert not may_change({Role.LIAISON}, theirs)
    assert not may_close({Role.LIAISON}, theirs)


THREE = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}


@pytest.mark.parametrize("held", [set(chosen) for size in range(4) for chosen in combinations(Role, size)])
def test_nobody_holds_two_of_the_three_nor_audits_the_exams_they_hold(held: set[Role]) -> None:
    """Each pair is refused whichever comes first, and whatever else the person holds."""
    for role in set(Role) - held:
        of_three = role in THREE and bool(held & THREE)
        own_auditor = role in (exams := {Role.AUDITOR, Role.EXAM_ADMIN}) and bool(held & exams)
        assert bool(clash(held, role)) == (of_three or own_auditor), (held, role)
    together = {role for role in held if clash(held - {role}, role)}
    assert set(clashing(held)) == together


def test_waiting_begins_late_grows_and_ends() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(20)]
    assert waits[:7] == [0, 0, 0, 0, 0, 1, 2]
    assert waits == sorted(waits)
    assert waits[-1] == 60


@pytest.mark.parametrize("password", ["short", "1234567890", "aaaaaaaaaaaa", "x" * 129, "my p00001 is it"])
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(InputError):
        check_password(password, "p00001")


def test_a_sentence_is_a_password() -> None:
    check_password("读过的条文用在每一次履职里", "p00001")
