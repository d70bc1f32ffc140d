"""Which version is in force, and what changed from one to the next."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.statutes.rules.numbering import order_of
from quizapp.statutes.rules.versions import (
    ArticleChange,
    compare,
    compare_fingerprints,
    in_force_on,
    marked,
    next_after,
    standing_on,
)
from tests.unit.statutes.dated import DatedVersion, dated

SIGNS = st.text(st.sampled_from("示例应当真实公开，。一二三"), max_size=30)
TEXTS = st.dictionaries(st.integers(1, 9).map(str) | st.just("3-1"), st.text(st.sampled_from("甲乙丙丁 "), max_size=6), max_size=8)
DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))
LAWS = st.lists(
    st.builds(DatedVersion, DAYS, st.none() | DAYS, st.none() | DAYS), max_size=5, unique_by=lambda one: one.version)

# ---------------------------------------------------------------- in force


@pytest.mark.parametrize(
    ("day", "version"),
    [("2015-02-28", None), ("2015-05-31", None), ("2015-06-01", "2015-03-01"), ("2019-08-31", "2015-03-01"),
     ("2019-09-01", "2019-04-23"), ("2030-01-01", "2019-04-23")],
)
def test_the_latest_version_that_has_begun_is_in_force(day: str, version: str | None) -> None:
    versions = [dated("2019-04-23", since="2019-09-01"), dated("2015-03-01", since="2015-06-01", ends="2019-09-01")]
    found = in_force_on(versions, date.fromisoformat(day))
    assert (found.version.isoformat() if found else None) == version


def test_an_unknown_beginning_is_not_before_the_day_of_the_version() -> None:
    old, new = versions = [dated("2015-03-01", since="2015-06-01"), dated("2019-04-23")]
    assert in_force_on(versions, date(2019, 4, 22)) is old
    assert in_force_on(versions, date(2019, 4, 23)) is new


def test_a_repealed_law_has_no_version_in_force_from_the_day_of_the_end() -> None:
    versions = [dated("2015-03-01", ends="2026-08-15")]
    assert in_force_on(versions, date(2026, 8, 14)) is versions[0]
    assert in_force_on(versions, date(2026, 8, 15)) is None


@given(LAWS, DAYS)
def test_what_is_in_force_has_begun_and_not_ended_and_nothing_later_has(versions: list[DatedVersion], day: date) -> None:
    def runs(one: DatedVersion) -> bool:
        return (one.in_force_since or one.version) <= day and (one.ends_on is None or day < one.ends_on)

    found = in_force_on(versions, day)
    running = [one for one in versions if runs(one)]
    assert (found is None) == (not running)
    assert found is None or (found in running and all(one.version <= found.version for one in running))


@given(LAWS, DAYS)
def test_a_version_is_to_come_until_it_begins_and_over_once_it_is_not_in_force(versions: list[DatedVersion], day: date) -> None:
    current = in_force_on(versions, day)
    for one in versions:
        coming = day < (one.in_force_since or one.version)
        assert standing_on(versions, one, day) == ("coming" if coming else "in_force" if one is current else "ended")


@pytest.mark.parametrize(
    ("day", "standing"),
    [("2019-08-31", "coming"), ("2019-09-01", "in_force"), ("2026-08-14", "in_force"), ("2026-08-15", "ended")])
def test_a_version_stands_from_its_first_day_to_the_day_before_its_end(day: str, standing: str) -> None:
    only = dated("2019-04-23", since="2019-09-01", ends="2026-08-15")
    assert standing_on([only], only, date.fromisoformat(day)) == standing


@given(LAWS, DAYS)
def test_the_version_that_followed_is_the_nearest_later_one(versions: list[DatedVersion], day: date) -> None:
    found = next_after(versions, day)
    between = [one for one in versions if day < one.version and (found is None or one.version < found.version)]
    assert between == []
    assert found is None or found.version > day


def test_nothing_follows_the_last_version() -> None:
    only = dated("2015-03-01")
    assert next_after([only], only.version) is None
    assert next_after([only], only.version - timedelta(days=1)) is only


# ---------------------------------------------------------------- article by article


OLD = {"1": "示例应当真实。", "2": "示例由示例办公室登记，登记不收费。", "3": "示例的有效期为两年。", "4": "旧示例另行处理。"}


def test_same_changed_moved_new_and_gone() -> None:
    new = {"1": "示例应当 真实。", "2": "本法所称样本，是指随附的图样。", "3": "示例由示例办公室登记，登记不收费用。", "4": "示例的有效期为两年。"}
    assert compare(OLD, new) == [
        ArticleChange("same", "1", "1"), ArticleChange("new", None, "2"), ArticleChange("changed", "2", "3"),
        ArticleChange("moved", "3", "4"), ArticleChange("gone", "4", None)]


def test_an_article_with_little_in_common_is_new_under_the_old_number() -> None:
    assert compare({"1": "示例应当真实。"}, {"1": "本法自公布之日起施行。"}) == [
        ArticleChange("new", None, "1"), ArticleChange("gone", "1", None)]


def test_the_same_number_is_taken_where_two_are_as_close() -> None:
    old = {"2": "示例由办公室登记，期限为十日。"}
    new = {"1": "示例由办公室登记，期限为五日。", "2": "示例由办公室登记，期限为三日。"}
    assert compare(old, new) == [ArticleChange("new", None, "1"), ArticleChange("changed", "2", "2")]


def test_equal_words_under_several_numbers_are_each_taken_once() -> None:
    assert compare({"1": "（删去）", "2": "（删去）"}, {"2": "（删去）"}) == [
        ArticleChange("same", "2", "2"), ArticleChange("gone", "1", None)]
    assert compare_fingerprints({"1": "aa", "2": "aa", "3": "bb"}, {"1": "bb", "4": "aa", "5": "aa"}) == [
        ArticleChange("moved", "3", "1"), ArticleChange("moved", "1", "4"), ArticleChange("moved", "2", "5")]


def test_without_texts_an_article_that_kept_its_number_was_changed() -> None:
    assert compare_fingerprints({"1": "aa", "2": "bb", "3": "cc", "4": "dd"}, {"1": "aa", "2": "ee", "4": "cc"}) == [
        ArticleChange("same", "1", "1"), ArticleChange("changed", "2", "2"), ArticleChange("moved", "3", "4"),
        ArticleChange("gone", "4", None)]


@given(TEXTS, TEXTS)
def test_every_article_of_either_side_is_accounted_for_once(old: dict[str, str], new: dict[str, str]) -> None:
    for changes in (compare(old, new), compare_fingerprints(old, new)):
        assert sorted(change.old for change in changes if change.old) == sorted(old)
        assert sorted(change.new for change in changes if change.new) == sorted(new)
        shown = [change.new for change in changes if change.new]
        assert shown == sorted(shown, key=order_of)
        for change in changes:
            assert (change.old is None) == (change.kind == "new")
            assert (change.new is None) == (change.kind == "gone")
            assert (change.old == change.new) == (change.kind == "same") or change.kind == "changed"


@given(TEXTS)
def test_a_version_compared_with_itself_has_not_changed(texts: dict[str, str]) -> None:
    assert {change.kind for change in (*compare(texts, texts), *compare_fingerprints(texts, texts))} <= {"same"}


# ---------------------------------------------------------------- word by word


@given(SIGNS, SIGNS)
def test_the_pieces_build_both_wordings_again(old: str, new: str) -> None:
    pieces = marked(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == new
    assert all(piece.text for piece in pieces)
    # between two kept runs at most one deletion, then at most one insertion
    following = {("same", "del"), ("same", "ins"), ("del", "ins"), ("del", "same"), ("ins", "same")}
    assert {(one.kind, other.kind) for one, other in itertools.pairwise(pieces)} <= following


@given(SIGNS)
def test_equal_wordings_have_nothing_marked(text: str) -> None:
    assert [(piece.kind, piece.text) for piece in marked(text, text)] == ([("same", text)] if text else [])


def test_a_sign_alike_by_chance_does_not_split_a_change() -> None:
    pieces = marked("期限为三十日，可以延长。", "期限为二十天，可以延长。")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "期限为"), ("del", "三十日"), ("ins", "二十天"), ("same", "，可以延长。")]
