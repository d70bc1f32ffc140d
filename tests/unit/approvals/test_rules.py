"""Who may be the second person, and sentences that come back as they were kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.approvals.rules import (
    TERMS,
    Kind,
    Line,
    Said,
    check_second,
    checked_text,
    kinds_for,
    packed_line,
    unpacked_line,
)
from quizapp.kernel.errors import ForbiddenError, InputError
from quizapp.kernel.roles import Role

VALUES = st.one_of(st.integers(-9, 999), st.text(max_size=9), st.datetimes(timezones=st.just(UTC)))
SAID = st.builds(Said, st.text(max_size=9), st.dictionaries(st.text("abc", min_size=1, max_size=3), VALUES, max_size=3))


@given(st.sampled_from(Kind), st.frozensets(st.sampled_from(Role)))
def test_nobody_is_the_second_to_their_own_proposal_whatever_they_hold(kind: Kind, roles: frozenset[Role]) -> None:
    with pytest.raises(ForbiddenError):
        check_second(kind, 7, 7, roles)
    if roles & TERMS[kind].seconds:
        check_second(kind, 7, 8, roles)
        assert kind in kinds_for(roles, second=True)
    else:
        with pytest.raises(ForbiddenError):
            check_second(kind, 7, 8, roles)
        assert kind not in kinds_for(roles, second=True)


def test_an_auditor_a_liaison_and_an_editor_have_no_part_in_it() -> None:
    assert kinds_for({Role.AUDITOR, Role.LIAISON, Role.EDITOR}, second=False) == ()
    assert all(terms.proposers <= terms.seconds for terms in TERMS.values())


@given(st.builds(Line, st.text(max_size=9), SAID, SAID))
def test_what_was_shown_is_kept_word_for_word(line: Line) -> None:
    assert unpacked_line(json.loads(json.dumps(packed_line(line)))) == line


def test_moments_stay_moments() -> None:
    at = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
    assert unpacked_line(packed_line(Line("到时", Said("%(t)s", {"t": at}), Said("")))).before.values["t"] == at


@pytest.mark.parametrize("text", ["", " \n", "长" * 6])
def test_words_are_asked_for(text: str) -> None:
    with pytest.raises(InputError):
        checked_text(text, 5, "请写明原因")
    assert checked_text(" 停电 ", 5, "请写明原因") == "停电"
