"""Two versions side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quizapp.statutes.rules.comparing import KINDS, ComparedLine, counts_of, lines_of
from quizapp.statutes.rules.versions import compare, compare_fingerprints, standing_on
from tests.unit.statutes.dated import dated

TEXTS = st.dictionaries(st.integers(1, 12).map(str), st.text(st.sampled_from("甲乙丙丁戊己庚辛\n"), min_size=1, max_size=12), max_size=8)


def read(line: ComparedLine, side: str) -> str:
    paragraphs = line.left if side == "left" else line.right
    return "".join(piece.text for paragraph in paragraphs for piece in paragraph)


@given(TEXTS, TEXTS)
def test_each_side_reads_as_its_version_and_every_article_is_accounted_for(old: dict[str, str], new: dict[str, str]) -> None:
    changes = compare(old, new)
    for line in lines_of(changes, old, new):
        if line.kind in ("changed", "gone"):
            assert line.old
            assert read(line, "left") == old[line.old[0]].replace("\n", "")
        if line.kind in ("changed", "new"):
            assert line.new
            assert read(line, "right") == new[line.new[0]].replace("\n", "")
    counted = counts_of(changes)
    assert tuple(counted) == KINDS
    assert sum(counted.values()) == len(changes)
    assert {change.old for change in changes if change.old} == set(old)


@given(TEXTS, TEXTS)
def test_by_fingerprints_every_article_is_accounted_for_once(old: dict[str, str], new: dict[str, str]) -> None:
    changes = compare_fingerprints(old, new)
    assert sorted(change.old for change in changes if change.old) == sorted(old)
    assert {change.new for change in changes if change.new} == set(new)
    for change in changes:
        if change.kind == "changed":
            assert change.old == change.new
            assert old[change.old or ""] != new[change.new or ""]


def test_unchanged_neighbours_become_one_line_and_so_do_those_that_moved_together() -> None:
    old = {"1": "甲甲甲", "2": "乙乙乙", "3": "丙丙丙", "4": "丁丁丁"}
    new = {"1": "甲甲甲", "2": "乙乙乙", "3": "戊己庚辛", "4": "丙丙丙", "5": "丁丁丁"}
    lines = lines_of(compare(old, new), old, new)
    assert [(line.kind, line.old, line.new) for line in lines] == [
        ("same", ("1", "2"), ("1", "2")), ("new", None, ("3", "3")), ("moved", ("3", "4"), ("4", "5"))]


def test_of_versions_without_an_end_the_latest_stands() -> None:
    first, second, third = versions = [dated("2019-03-01"), dated("2024-06-20"), dated("2026-01-01", since="2027-01-01")]
    day = dated("2026-11-25").version
    assert [standing_on(versions, one, day) for one in (first, second, third)] == ["ended", "in_force", "coming"]
