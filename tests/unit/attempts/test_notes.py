"""What of a note is kept, and what is said of many."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules.notes import AT_ONCE, DEVICE_CHARS, LONGEST, SENT, Noted, Sum, read_notes, sums

AT = datetime(2026, 11, 25, 1, tzinfo=UTC)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
near = st.fixed_dictionaries({}, optional={"kind": st.sampled_from([*SENT, "taken_over", "x", ["hidden"]]), "lasted": anything, "device": anything})


@given(st.lists(near | anything, max_size=30) | anything, st.text(max_size=300))
def test_whatever_comes_is_kept_in_bounds_or_dropped(value: object, user_agent: str) -> None:
    found = read_notes(value, user_agent)
    assert len(found) <= AT_ONCE
    for note in found:
        assert note.kind in SENT
        assert note.lasted is None or 0 <= note.lasted <= LONGEST
        assert len(note.device) <= DEVICE_CHARS
        assert note.device.isprintable()
        note.device.encode()


def test_a_device_without_a_name_is_called_what_it_tells_every_site() -> None:
    assert read_notes([{"kind": "device"}, {"kind": "device", "device": " "}], "Mozilla/5.0")[1].device == "Mozilla/5.0"
    assert read_notes([{"kind": "resumed"}], "Mozilla/5.0")[0].device == ""


def test_sums_stand_in_a_fixed_order_and_not_the_worst_first() -> None:
    notes = [Noted("offline", AT, 600, ""), Noted("hidden", AT, 5, ""), Noted("hidden", AT, None, ""), Noted("hidden", AT, 9, "")]
    assert sums(notes) == [Sum("hidden", 3, 14, 9), Sum("offline", 1, 600, 600)]
