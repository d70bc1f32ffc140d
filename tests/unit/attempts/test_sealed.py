"""Sealed files: opened only by the key they were made for, for the attempt they were made in, and unchanged."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.rules.sealed import (
    MAX_BYTES,
    MAX_SAVES,
    Contents,
    Held,
    SealingKey,
    changes,
    read_contents,
)
from quizapp.attempts.rules.ticket import Press
from quizapp.kernel.errors import InputError
from tests.builders.sealed import ATTEMPT, contents, sealed


def new_key() -> SealingKey:
    return SealingKey(ec.generate_private_key(ec.SECP256R1()))


KEY = new_key()


def test_opens_what_was_sealed_for_it() -> None:
    found = KEY.read(sealed(KEY.public))
    assert (found.attempt_id, found.candidate_id, found.client_id, found.epoch) == (ATTEMPT, 7, "tab-one-0001", 1)
    assert found.saves == (Save(1, 12, ["2"], False, True),)
    assert found.saved_at == datetime(2026, 11, 25, 2, 40, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(1, 80), st.integers(1, 10_000), st.lists(st.text(max_size=9), max_size=3),
                          st.booleans(), st.booleans()), max_size=40))
def test_everything_in_it_comes_back(saves: list[tuple[int, int, list[str], bool, bool]]) -> None:
    given_saves = [{"q": q, "seq": seq, "response": r, "flagged": f, "seen": s} for q, seq, r, f, s in saves]
    found = KEY.read(sealed(KEY.public, contents(saves=given_saves)))
    assert [(s.number, s.seq, s.response, s.flagged, s.seen) for s in found.saves] == saves
    assert read_contents(found.as_json()) == found


@pytest.mark.parametrize("part", ["epk", "iv", "data"])
def test_a_changed_file_does_not_open(part: str) -> None:
    parts = json.loads(sealed(KEY.public))
    raw = bytearray(base64.b64decode(parts[part]))
    raw[-1] ^= 1
    with pytest.raises(InputError, match="打不开"):
        KEY.read(json.dumps(parts | {part: base64.b64encode(bytes(raw)).decode()}).encode())


def test_the_attempt_outside_cannot_be_exchanged() -> None:
    with pytest.raises(InputError, match="打不开"):
        KEY.read(sealed(KEY.public, attempt="0190c2a4-7d7e-7c3e-8a52-1f0d6b1c9e56"))


def test_a_file_for_another_key_says_whose() -> None:
    other = new_key()
    with pytest.raises(InputError, match=other.id) as caught:
        KEY.read(sealed(other.public))
    assert KEY.id in str(caught.value)


def test_a_later_format_is_named() -> None:
    with pytest.raises(InputError, match=r"quizapp-sealed-2.*升级"):
        KEY.read(sealed(KEY.public, format="quizapp-sealed-2"))


@pytest.mark.parametrize("file", [
    b"", b"\xff\xfe", b"[]", b"7", b'{"format": "zip"}', b'{"format": 7}', b"[" * 100_000, b"%PDF-1.7",
])
def test_other_files_are_told_apart(file: bytes) -> None:
    with pytest.raises(InputError, match="不是封存的作答文件"):
        KEY.read(file)


def test_nothing_larger_than_a_megabyte_is_looked_at() -> None:
    with pytest.raises(InputError, match="1 MB"):
        KEY.read(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize("outer", [
    {"epk": "!"}, {"iv": ""}, {"data": ""}, {"epk": "AAAA"}, {"iv": 3}, {"key": None}, {"attempt": "卷"}, {"attempt": 1},
])
def test_nonsense_outside_is_refused(outer: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="打不开"):
        KEY.read(sealed(KEY.public, **outer))


@pytest.mark.parametrize("inner", [
    {"attempt": "none"}, {"attempt": 5}, {"candidate": "7"}, {"candidate": True}, {"epoch": 0}, {"client_id": "x"},
    {"saves": None}, {"saves": [{"q": 1}]}, {"saves": [{"q": 0, "seq": 1}]},
    {"saves": [{"q": 1, "seq": 1}] * (MAX_SAVES + 1)},
])
def test_nonsense_inside_is_refused(inner: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="打不开"):
        KEY.read(sealed(KEY.public, contents(**inner)))


@pytest.mark.parametrize("clock", [None, 17, "yesterday", "0001-01-01T00:00:00+14:00"])
def test_a_wrong_clock_costs_no_answer(clock: object) -> None:
    found = KEY.read(sealed(KEY.public, contents(saved_at=clock)))
    assert found.saved_at is None
    assert found.saves


def test_each_person_and_attempt_has_an_outbox_key_of_its_own() -> None:
    press = Press("a secret of this test")
    keys = {press.outbox_key(person, attempt) for person in (1, 2) for attempt in (ATTEMPT, uuid.UUID(int=1))}
    assert len(keys) == 4
    assert press.outbox_key(1, ATTEMPT) == Press("a secret of this test").outbox_key(1, ATTEMPT)
    assert all(len(base64.b64decode(key)) == 32 for key in keys)


# ---------------------------------------------------------------- against what is stored

LAYOUT = (
    Slot(1, 3, "single", "single", ("B", "A", "C"), 0),
    Slot(2, 1, "fill", "fill", (), 2),
    Slot(3, 2, "short", "short", (), 0),
)


def compared(*saves: Save, **held: Held) -> list[tuple[int, bool, bool]]:
    found = changes(LAYOUT, saves, {1: held.get("one"), 2: held.get("two"), 3: held.get("three")}.get)
    return [(change.slot.number, change.counts, change.differs) for change in found]


def test_places_on_the_page_become_the_banks_options() -> None:
    [change] = changes(LAYOUT, [Save(1, 5, ["1"], False, True)], lambda _position: None)
    assert change.response == ("B",)
    assert change.slot.position == 3


def test_only_a_greater_sequence_counts_and_only_another_answer_differs() -> None:
    save = Save(1, 5, ["1"], False, True)
    assert compared(save) == [(1, True, True)]
    assert compared(save, three=Held(4, ("A",))) == [(1, True, True)]
    assert compared(save, three=Held(4, ("B",))) == [(1, True, False)]
    assert compared(save, three=Held(5, ("A",))) == [(1, False, False)]
    assert compared(save, three=Held(6, ("A",))) == [(1, False, False)]


def test_of_one_question_the_newest_counts_and_unknown_questions_are_left_out() -> None:
    saves = [Save(3, 9, ["后"], False, True), Save(1, 2, [], False, True), Save(3, 4, ["先"], False, True),
             Save(4, 1, [], False, True)]
    found = changes(LAYOUT, saves, lambda _position: None)
    assert [(change.slot.number, change.response) for change in found] == [(1, ()), (3, ("后",))]


def test_an_answer_that_does_not_fit_is_named_and_does_not_count() -> None:
    [change] = changes(LAYOUT, [Save(2, 5, ["一"], False, True)], lambda _position: None)
    assert change.problem is not None
    assert not change.counts


def test_contents_survive_the_quarantine() -> None:
    kept = Contents(ATTEMPT, 7, "tab-one-0001", 2, datetime.now(UTC) + timedelta(days=1), (Save(1, 2, ["1"], True, True),))
    assert read_contents(json.loads(json.dumps(kept.as_json()))) == kept
