"""What is said of a question, and what is not said of too few people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.analysis.rules.classical import Group, QuestionStatistics
from quizapp.analysis.rules.flags import BEST, CHOICES, ENOUGH, Code, flags


def found(people: int = 300, facility: float = 0.7, discrimination: float | None = 0.4, item_rest: float | None = 0.3,
          groups: tuple[dict[str, float], ...] = ({"A": 0.4, "B": 0.3, "C": 0.3}, {"A": 0.6, "B": 0.2, "C": 0.2}, {"A": 0.9, "B": 0.05, "C": 0.05}),
          ) -> QuestionStatistics:
    return QuestionStatistics(people, 1, 2.0, facility, discrimination, item_rest, 0.0,
                              tuple(Group(people // 3, facility, choices, 0.0) for choices in groups))


def codes(kind: str, options: str, key: str, statistics: QuestionStatistics) -> list[str]:
    return [flag.code + (f" {flag.option}" if flag.option else "") for flag in flags(kind, list(options), list(key), statistics)]


def test_a_good_question_has_no_flag():
    assert codes("single", "ABC", "A", found()) == []


def test_the_best_third_took_another_option():
    best = {"A": 0.2, "B": 0.75, "C": 0.05}
    statistics = found(groups=({"A": 0.4, "B": 0.3}, {"A": 0.3, "B": 0.5}, best), item_rest=-0.2, facility=0.3, discrimination=-0.2)
    assert codes("single", "ABC", "A", statistics)[:2] == ["key_wrong B", "negative"]
    flag = flags("single", ["A", "B", "C"], ["A"], statistics)[0]
    assert (flag.share, flag.other) == (0.75, 0.2)


def test_of_a_close_race_nothing_is_said():
    close = {"A": 0.42, "B": 0.5, "C": 0.08}
    # 100 people: 50 against 42 are well within chance
    assert "key_wrong B" not in codes("single", "ABC", "A", found(groups=(close, close, close)))


def test_several_right_options_are_judged_one_by_one():
    groups = ({"A": 0.7, "B": 0.6, "C": 0.3}, {"A": 0.8, "B": 0.4, "C": 0.5}, {"A": 0.9, "B": 0.2, "C": 0.8})
    assert codes("multiple", "ABC", "AB", found(groups=groups))[:2] == ["key_wrong C", "key_too_much B"]


@pytest.mark.parametrize(("facility", "discrimination", "code"), [
    (0.97, 0.05, "easy"), (0.2, 0.5, "hard"), (0.6, 0.1, "weak"), (0.95, 0.3, ""), (0.3, 0.3, ""), (0.6, 0.15, ""), (0.6, None, ""),
])
def test_bounds(facility: float, discrimination: float | None, code: str):
    assert codes("fill", "", "", found(facility=facility, discrimination=discrimination)) == ([code] if code else [])


def test_a_distractor_that_nobody_takes():
    groups = ({"A": 0.5, "B": 0.5}, {"A": 0.7, "B": 0.3}, {"A": 0.9, "B": 0.1})
    assert codes("single", "ABC", "A", found(groups=groups)) == ["unused C"]
    assert codes("single", "ABC", "A", found(people=90, groups=groups)) == []
    # the one wrong judgement of a statement cannot be replaced
    judged = ({"true": 0.99}, {"true": 0.99}, {"true": 0.99})
    assert flags("true_false", ["true", "false"], ["true"], found(groups=judged)) == []


shares = st.floats(-1, 1)


@settings(max_examples=50)
@given(st.sampled_from([*CHOICES, "fill", "short"]), st.integers(1, ENOUGH - 1), st.floats(0, 1), shares, shares,
       st.lists(st.dictionaries(st.sampled_from("ABCD"), st.floats(0, 1)), min_size=3, max_size=3))
def test_too_few_people_are_never_judged(kind, people, facility, discrimination, item_rest, groups):
    statistics = found(people, facility, discrimination, item_rest, tuple(groups))
    assert [flag.code for flag in flags(kind, list("ABCD"), ["A"], statistics)] == [Code.TOO_FEW]


def test_a_small_best_third_accuses_no_key():
    accusing = [{"A": 0.5, "B": 0.5}, {"A": 0.3, "B": 0.7}, {"B": 1.0}]
    for people, said in ((BEST - 1, False), (BEST, True)):
        groups = tuple(Group(people, 0.5, choices, 0.0) for choices in accusing)
        statistics = QuestionStatistics(ENOUGH, 1, 2.0, 0.5, 0.4, 0.1, 0.0, groups)
        assert (Code.KEY_WRONG in {flag.code for flag in flags("single", ["A", "B"], ["A"], statistics)}) is said
