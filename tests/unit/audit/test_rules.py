"""The chain finds what was changed, cut out or cut off; facts survive a database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quizapp.audit.rules import START, Link, canonical, chained, first_break, plain, steps
from quizapp.kernel.roles import Role

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.decimals()
    | st.datetimes(timezones=st.just(UTC)) | st.sampled_from(Role),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=20,
)


def chain(details: list[dict[str, object]]) -> list[Link]:
    links, previous = [], START
    for number, detail in enumerate(details, 1):
        fields = {"number": number, "detail": detail}
        links.append(Link(number, previous, chained(previous, fields), fields))
        previous = links[-1].digest
    return links


DETAILS = st.lists(st.dictionaries(st.text(), st.integers()), min_size=1, max_size=8)


@given(DETAILS)
def test_an_untouched_chain_holds(details: list[dict[str, object]]) -> None:
    links = chain(details)
    assert first_break(links, number=len(links), digest=links[-1].digest) is None


def test_an_empty_chain_holds() -> None:
    assert first_break([], number=0, digest=START) is None


@given(DETAILS, st.data())
def test_a_changed_event_is_the_first_break(details: list[dict[str, object]], data: st.DataObject) -> None:
    links = chain(details)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], fields={**links[at].fields, "detail": "something else"})
    assert first_break(links) == at + 1


@given(DETAILS, st.data())
def test_a_missing_event_is_found(details: list[dict[str, object]], data: st.DataObject) -> None:
    links = chain(details)
    at = data.draw(st.integers(0, len(links) - 1))
    cut = links[:at] + links[at + 1:]
    assert first_break(cut, number=len(links), digest=links[-1].digest) == at + 1


def test_a_head_that_was_changed_is_found() -> None:
    links = chain([{}, {}])
    assert first_break(links, number=2, digest=START) == 2


@given(JSON)
def test_facts_come_back_from_json_as_they_went_in(value: object) -> None:
    kept = plain(value)
    text = canonical({"kept": kept})
    assert canonical(json.loads(text)) == text
    text.encode()  # nothing that cannot be written


def test_values_that_databases_write_differently_become_text() -> None:
    shanghai = timezone(timedelta(hours=8))
    kept = plain({
        "at": datetime(2026, 11, 25, 9, tzinfo=shanghai), "on": date(2026, 11, 25), "score": Decimal("86.50"),
        "rate": 1e20, "id": UUID(int=1), "role": Role.LIAISON, 7: ("a", {"b"}), "nul": "a\0b",
    })
    assert kept == {
        "at": "2026-11-25T01:00:00.000000+00:00", "on": "2026-11-25", "score": "86.50", "rate": "1e+20",
        "id": str(UUID(int=1)), "role": "liaison", "7": ["a", ["b"]], "nul": "a\ufffdb",
    }


def test_detail_as_lines() -> None:
    detail = {"name": "办公室", "before": {"code": "1"}, "logins": ["a", "b"], "n": 3, "none": {}}
    assert list(steps(detail)) == [("name", "办公室"), ("before.code", "1"), ("logins", "a、b"), ("n", "3"), ("none", "{}")]
