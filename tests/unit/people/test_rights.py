"""No right reaches further up than the one who uses it."""

from __future__ import annotations

from itertools import combinations

import pytest

from quizapp.kernel.errors import InputError
from quizapp.kernel.roles import Role
from quizapp.people.rules.rights import may_change, may_link
from quizapp.people.rules.sign_in import check_password, wait_after

SETS = [set(chosen) for size in range(3) for chosen in combinations(Role, size)]


@pytest.mark.parametrize("theirs", SETS)
def test_only_system_administrators_reach_privileged_accounts(theirs: set[Role]) -> None:
    assert may_link({Role.SYSTEM_ADMIN}, theirs)
    assert may_link({Role.EXAM_ADMIN}, theirs) == (theirs <= {Role.LIAISON})
    assert may_link({Role.LIAISON}, theirs) == (not theirs)
    for outsider in (Role.EDITOR, Role.REVIEWER, Role.AUDITOR):
        assert not may_link({outsider}, theirs)
    assert not may_change({Role.LIAISON}, theirs)


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
