"""The units of a regrade as they are shown to whoever may not see names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quizapp.marking.previewing import SMALL, Preview, UnitRow, in_short, merged

rows = st.lists(st.builds(UnitRow, st.sampled_from(["办公室", "财务处"]), st.integers(0, 9), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3),
                          st.integers(0, 9)), max_size=8)


@given(rows)
def test_no_row_is_about_fewer_than_five_and_nothing_is_lost(units: list[UnitRow]) -> None:
    shown = merged(units)
    assert all(row.people >= SMALL for row in shown)
    everybody = [unit for unit in units if unit.people]
    if sum(unit.people for unit in everybody) < SMALL:
        assert shown == []
        return
    for name in ("people", "before", "gained", "lost", "changed"):
        assert sum(getattr(row, name) for row in shown) == sum(getattr(unit, name) for unit in everybody)
    assert sum(row.merged or 1 for row in shown) == len(everybody)


def test_units_stay_in_their_order_and_the_merged_ones_are_not_named() -> None:
    units = [UnitRow("办公室", 9, before=3, gained=1, changed=2), UnitRow("工会", 2, lost=1, before=2, changed=1), UnitRow("财务处", 6), UnitRow("车队", 8)]
    shown = merged(units)
    assert [(row.name, row.people, row.merged) for row in shown] == [("办公室", 9, 0), ("车队", 8, 0), ("", 8, 2)]
    assert in_short(Preview(9, 3, 3, 5, 5, units, shown)) == "办公室 3→4 …"
    assert in_short(Preview(9, 3, 3, 5, 5, units[1:2], shown[2:])) == ""
