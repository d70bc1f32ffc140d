"""From a report to facts to decide on: proposals, typed values, highlights, coverage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.documents import read_document
from quizapp.kernel.errors import InputError
from quizapp.plans.rules import read_report
from quizapp.plans.rules.coverage import stock
from quizapp.plans.rules.decisions import Standing, check_confirmable, doubled
from quizapp.plans.rules.fields import FIELDS, GROUPS, shown, typed_value
from quizapp.plans.rules.highlight import Span, line_of, literal_span, paragraphs
from quizapp.plans.rules.proposals import REASONS, Proposal, proposals

REPORTS = Path(__file__).parents[2] / "fixtures" / "reports"
TERMS = {"民法典": ["民法典"], "水利": ["水"]}


def proposed(name: str) -> list[Proposal]:
    return proposals(read_report(read_document(REPORTS / name), TERMS), {"民法典": "civil-code"})


@pytest.mark.parametrize("path", sorted(REPORTS.iterdir()), ids=lambda path: path.name)
def test_every_report_gives_facts_that_a_plan_can_keep(path: Path) -> None:
    found = proposed(path.name)
    for one in found:
        assert one.field in FIELDS
        assert FIELDS[one.field].group in GROUPS
        assert one.literal in one.sentence
        assert one.value["v"] is not None
        if one.interpreted:
            assert one.value["why"] in REASONS
    single = [one.field for one in found if FIELDS[one.field].single and one.value.get("why") != "values"]
    assert len(single) == len(set(single))


@pytest.mark.parametrize(("name", "field", "value", "why"), [
    ("finance-bureau.txt", "study_sessions", 18, "several"),
    ("all-hands.txt", "exams_total", 3, "sum"),
    ("all-hands.txt", "participation_rate", 100, "wording"),
    ("contradiction.txt", "exams_total", 6, "mismatch"),
    ("no-exam.txt", "exams_total", 0, "none_held"),
    ("hospital.txt", "exams_online", 2, "wording"),
    ("county-bureau.txt", "exams_total", 4, None),
])
def test_why_a_value_needs_a_person(name: str, field: str, value: int, why: str | None) -> None:
    (one,) = [one for one in proposed(name) if one.field == field]
    assert (one.value["v"], one.value.get("why")) == (value, why)


def test_a_subject_without_a_code_stays_as_text() -> None:
    report = read_report("甲局2023年法治报告\n组织学习水利法规，开展民法典学法讲座2次。", TERMS)
    found = {one.value["v"] for one in proposals(report, {"民法典": "civil-code"}) if one.field == "subject"}
    assert found == {"civil-code", "水利"}


@pytest.mark.parametrize(("field", "text", "value"), [
    ("exams_online", " ３ ", 3), ("exams_total", "0", 0), ("pass_rate", "99.50%", 99.5), ("pass_rate", "１００％", 100),
    ("campaign", " 法律  进社区 ", "法律 进社区"),
])
def test_what_is_typed_is_read(field: str, text: str, value: object) -> None:
    assert typed_value(FIELDS[field], text) == value


@pytest.mark.parametrize(("field", "text"), [
    ("exams_online", ""), ("exams_online", "-1"), ("exams_online", "1.5"), ("exams_online", "10000"),
    ("exams_online", "三"), ("exams_online", "9" * 40), ("pass_rate", "100.01"), ("pass_rate", "-0.1"),
    ("pass_rate", "99.999"), ("pass_rate", "NaN"), ("pass_rate", "inf"), ("pass_rate", "约百分之九十"),
    ("shortcoming", "长" * 301), ("campaign", "  "),
])
def test_what_cannot_be_read_is_refused(field: str, text: str) -> None:
    with pytest.raises(InputError) as caught:
        typed_value(FIELDS[field], text)
    assert FIELDS[field].label in str(caught.value)


@given(st.integers(0, 10000).map(lambda n: n / 100))
def test_a_rate_is_shown_as_it_was_typed(rate: float) -> None:
    value = typed_value(FIELDS["pass_rate"], f"{rate}%")
    assert typed_value(FIELDS["pass_rate"], shown("pass_rate", value)) == value


LINES = st.lists(st.text("甲乙丙丁。", max_size=12), min_size=1, max_size=5)


@given(LINES, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), max_size=8))
def test_the_pieces_are_the_text_and_every_span_is_marked_once(lines: list[str], places: list[tuple[int, int]]) -> None:
    text = "\n".join(lines)
    spans = [
        Span(key, start, end) for key, (start, size) in enumerate(places)
        if (end := min(start + size, len(text))) > start and "\n" not in text[start:end]
    ]
    pieces = paragraphs(text, spans)
    assert "\n".join("".join(piece.text for piece in line) for line in pieces) == text
    flat = [piece for line in pieces for piece in line]
    for span in spans:
        assert "".join(piece.text for piece in flat if span.key in piece.keys) == text[span.start:span.end]
        assert sum(span.key in piece.begins for piece in flat) == 1
        assert sum(span.key in piece.ends for piece in flat) == 1


def test_a_fact_with_two_places_has_one_anchor() -> None:
    pieces = paragraphs("甲乙丙乙", [Span(7, 1, 2), Span(7, 3, 4)])[0]
    assert [piece.begins for piece in pieces] == [(), (7,), (), ()]
    assert [piece.ends for piece in pieces] == [(), (7,), (), (7,)]


def test_words_are_found_within_their_sentence_only() -> None:
    text = "考试两次。\n\n组织考试两次。"
    assert literal_span(1, "考试两次", 7, 14, text) == Span(1, 9, 13)
    assert literal_span(1, "没有这几个字", 7, 14, text) == Span(1, 7, 14)
    assert literal_span(1, "考试", 7, 99, text) is None
    assert (line_of(text, 0), line_of(text, 9)) == (1, 2)


def standing(field: str, value: object, key: int = 1, interpreted: bool = False, undecided: bool = False) -> Standing:
    return Standing(key, field, value, interpreted, undecided)


def test_one_value_for_a_figure_many_for_a_list() -> None:
    facts = [standing("pass_rate", 90, 1), standing("pass_rate", 95, 2), standing("pass_rate", None, 3),
             standing("campaign", "甲", 4), standing("campaign", "乙", 5)]
    assert doubled(facts) == {2: "合格率"}


@pytest.mark.parametrize(("online", "offline", "total", "allowed"), [
    (2, 1, 3, True), (2, 1, 4, True), (2, 1, 2, False), (3, None, 2, False), (None, None, 0, True), (2, 1, None, True),
])
def test_counts_that_can_be_true(online: int | None, offline: int | None, total: int | None, allowed: bool) -> None:
    facts = [standing("exams_online", online), standing("exams_offline", offline), standing("exams_total", total)]
    if allowed:
        check_confirmable(facts)
    else:
        with pytest.raises(InputError):
            check_confirmable(facts)


def test_an_interpretation_must_be_decided() -> None:
    check_confirmable([standing("campaign", None, undecided=True)])
    with pytest.raises(InputError):
        check_confirmable([standing("pass_rate", None, interpreted=True, undecided=True)])


def test_gaps_of_the_bank() -> None:
    counted = [("a", "single", 3), ("a", "single", 9), ("a", "multiple", 5), ("a", "true_false", 1), ("b", "case", 2)]
    first, second, third = stock(["a", "b", "水利"], {"a": "甲", "b": "乙"}, counted)
    assert (first.total, first.missing, first.scarce) == (18, (), (("true_false", 1),))
    assert (second.total, second.missing) == (2, ("single", "multiple", "true_false"))
    assert (third.code, third.covered) == (None, False)
