"""Differences between versions: nothing is lost, and what did not change is not shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from quizapp.questions.rules.coverage import coverage_lines
from quizapp.questions.rules.difference import compare, differences
from quizapp.questions.rules.schema import AnyItem, Item
from tests.builders.bank import _tupled, content_of

ITEM: TypeAdapter[Item] = TypeAdapter(AnyItem)
TEXTS = st.text(alphabet="一二三四五六七八应当可以不得 abc12，。", max_size=40)
KINDS = ["single", "multiple", "true_false", "fill", "short", "case"]


def item(kind: str, fields: dict[str, Any], **changes: Any) -> Item:
    return ITEM.validate_python(_tupled({**fields, **changes}))


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_the_runs(old: str, new: str) -> None:
    runs = compare(old, new)
    assert "".join(run.text for run in runs if run.change != "inserted") == old
    assert "".join(run.text for run in runs if run.change != "deleted") == new
    assert all(run.text for run in runs)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(run.change == "same" for run in compare(text, text))


def test_lone_characters_between_changes_do_not_break_the_reading() -> None:
    assert [(run.text, run.change) for run in compare("甲乙的丙丁", "戊己的庚辛")] == [
        ("甲乙的丙丁", "deleted"), ("戊己的庚辛", "inserted")]


def test_numbers_and_latin_words_change_as_a_whole() -> None:
    changed = [run.text for run in compare("共 1286 人应当参加本次考试", "共 1251 人应当参加本次考试") if run.change != "same"]
    assert changed == ["1286", "1251"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_does_not_differ_from_itself(kind: str) -> None:
    fields = content_of(kind)
    assert differences(item(kind, fields), item(kind, fields)) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "case"])
def test_a_changed_explanation_is_the_only_difference(kind: str) -> None:
    fields = content_of(kind)
    found = differences(item(kind, fields), item(kind, fields, explanation="另写的解析。"))
    assert [(change.part, change.label) for change in found] == [(0, "解析")]


def test_options_keys_and_basis_are_named() -> None:
    fields = content_of("single")
    basis = [{"law": "示例法", "version": "2021-01-01", "article": "13"}]
    changed = item("single", fields, options={**fields["options"], "C": "另一说法"}, key=["A"], basis=basis,
                   distractors=dict.fromkeys("BCD", "新的理由"))
    labels = [(change.label, change.mark) for change in differences(item("single", fields), changed)]
    assert labels[:2] == [("选项", "C"), ("答案", "")]
    assert {("为什么不对", "A"), ("为什么不对", "B"), ("依据", "")} <= set(labels)


def test_a_question_of_a_case_is_named_by_its_number() -> None:
    fields = content_of("case")
    parts = [fields["parts"][0], {**fields["parts"][1], "stem": "改过的第二问。"}]
    (change,) = differences(item("case", fields), item("case", fields, parts=parts))
    assert (change.part, change.label) == (2, "题干")


def test_an_item_may_change_its_type() -> None:
    single, fill = content_of("single"), content_of("fill")
    labels = {change.label for change in differences(item("single", single), item("fill", fill))}
    assert {"题型", "选项", "答案"} <= labels


def test_a_subject_without_items_still_has_a_line() -> None:
    empty, full = coverage_lines(["a", "b"], {("b", kind, level): 2 for kind in KINDS for level in (1, 2, 3)})
    assert (empty.total, len(empty.missing_types), empty.missing_difficulties) == (0, 6, (1, 2, 3))
    assert (full.total, full.has_gap) == (36, False)


def test_a_thin_subject_has_a_gap_although_no_kind_is_missing() -> None:
    (line,) = coverage_lines(["a"], {("a", kind, level): 1 for kind in KINDS for level in (1, 2, 3)})
    assert (line.missing_types, line.missing_difficulties, line.is_thin, line.has_gap) == ((), (), True, True)
