from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.service.finishing import total
from quizapp.kernel.errors import InputError
from quizapp.questions.rules.marking import Mark, MarkingRule, is_answered, mark, validate_response

OPTIONS = "ABCDEF"
MARKS = st.decimals(min_value=0, max_value=100, places=2)
RULES = st.sampled_from(list(MarkingRule))
KEYS = st.sets(st.sampled_from(OPTIONS), min_size=2)
RESPONSES = st.lists(st.sampled_from(OPTIONS), unique=True)
TWO = Decimal(2)


def score(key: str, response: str, rule: str, marks: str = "2") -> Decimal:
    result = mark("multiple", list(key), list(response), Decimal(marks), rule).score
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("rule", "response", "expected"),
    [
        ("all_or_nothing", "ABD", "2.00"),
        ("all_or_nothing", "AB", "0.00"),
        ("all_or_nothing", "ABCD", "0.00"),
        ("partial_no_wrong", "ABD", "2.00"),
        ("partial_no_wrong", "AB", "1.33"),
        ("partial_no_wrong", "A", "0.67"),
        ("partial_no_wrong", "ABC", "0.00"),
        ("partial_no_wrong", "ABCD", "0.00"),
        ("partial_balanced", "ABD", "2.00"),
        ("partial_balanced", "ABC", "0.67"),
        ("partial_balanced", "ABCD", "1.33"),
        ("partial_balanced", "AC", "0.00"),
        ("partial_balanced", "C", "0.00"),
    ],
)
def test_multiple_choice_by_rule(rule: str, response: str, expected: str) -> None:
    assert str(score("ABD", response, rule)) == expected


def test_half_a_cent_rounds_up() -> None:
    assert score("AB", "A", "partial_no_wrong", "0.05") == Decimal("0.03")


@pytest.mark.parametrize(
    ("kind", "key", "response", "expected"),
    [
        ("single", ["B"], ["B"], Mark(Decimal("2.00"), True)),
        ("single", ["B"], ["C"], Mark(Decimal("0.00"), False)),
        ("true_false", ["true"], ["true"], Mark(Decimal("2.00"), True)),
        ("true_false", ["true"], ["false"], Mark(Decimal("0.00"), False)),
        ("fill", [["60日"], ["甲局"]], ["六十日", "甲局。"], Mark(Decimal("2.00"), True)),
        ("fill", [["60日"], ["甲局"]], ["６０ 日", "乙局"], Mark(Decimal("1.00"), False)),
        ("fill", [["60日", "两个月"], ["甲局"]], ["2个月", ""], Mark(Decimal("1.00"), False)),
        ("fill", [["甲"], ["乙"]], ["乙", "甲"], Mark(Decimal("0.00"), False)),
        ("short", [], ["三个条件"], Mark(None, None)),
    ],
)
def test_the_other_types(kind: str, key: list[str], response: list[str], expected: Mark) -> None:
    assert mark(kind, key, response, TWO) == expected


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "fill", "short"])
@pytest.mark.parametrize("response", [[], [""], ["　 "]])
def test_nothing_answered_scores_nothing(kind: str, response: list[str]) -> None:
    key = [["甲"]] if kind == "fill" else ["A"]
    assert not is_answered(response)
    assert mark(kind, key, response, TWO) == Mark(Decimal("0.00"), False)


@given(KEYS, RESPONSES, MARKS, RULES)
def test_a_score_is_within_its_marks_and_full_exactly_when_correct(
    key: set[str], response: list[str], marks: Decimal, rule: MarkingRule
) -> None:
    result = mark("multiple", sorted(key), response, marks, rule)
    assert result.score is not None
    assert (-marks if rule is MarkingRule.NEGATIVE else 0) <= result.score <= marks
    assert result.correct == (set(response) == key)
    if result.correct:
        assert result.score == marks


@given(KEYS, RESPONSES, MARKS, RULES, st.randoms())
def test_order_does_not_count(
    key: set[str], response: list[str], marks: Decimal, rule: MarkingRule, random: Random
) -> None:
    keys, shuffled = list(key), list(response)
    random.shuffle(keys)
    random.shuffle(shuffled)
    assert mark("multiple", keys, shuffled, marks, rule) == mark(
        "multiple", sorted(key), response, marks, rule
    )


@given(KEYS, RESPONSES, MARKS, RULES, st.sampled_from(OPTIONS))
def test_one_more_right_option_never_costs_and_one_more_wrong_never_pays(
    key: set[str], response: list[str], marks: Decimal, rule: MarkingRule, option: str
) -> None:
    before = mark("multiple", sorted(key), [o for o in response if o != option], marks, rule).score
    after = mark("multiple", sorted(key), list({*response, option}), marks, rule).score
    assert before is not None
    assert after is not None
    assert after >= before if option in key else after <= before


@given(KEYS, RESPONSES, MARKS)
def test_no_rule_is_harsher_than_all_or_nothing(key: set[str], response: list[str], marks: Decimal) -> None:
    scores = {rule: mark("multiple", sorted(key), response, marks, rule).score
              for rule in MarkingRule if rule is not MarkingRule.NEGATIVE}
    assert min(score for score in scores.values() if score is not None) == scores[MarkingRule.ALL_OR_NOTHING]


@given(KEYS, RESPONSES, MARKS)
def test_only_wrong_options_cost_marks_and_only_where_the_exam_says_so(
    key: set[str], response: list[str], marks: Decimal
) -> None:
    taken = mark("multiple", sorted(key), response, marks, MarkingRule.NEGATIVE).score
    kept = mark("multiple", sorted(key), response, marks, MarkingRule.PARTIAL_BALANCED).score
    assert taken is not None
    assert max(taken, Decimal(0)) == kept
    if taken < 0:
        assert len(set(response) - key) > len(set(response) & key)


@given(st.lists(st.one_of(st.none(), st.decimals(-100, 100, places=2)), max_size=8))
def test_a_paper_never_has_less_than_nothing(scores: list[Decimal | None]) -> None:
    whole, waits = total(scores)
    assert waits == (None in scores)
    known = [one for one in scores if one is not None]
    assert whole == (None if waits else max(sum(known, Decimal(0)), Decimal(0)))


@given(st.lists(st.sampled_from(["甲", "乙", "六十日", "5%"]), min_size=1, max_size=5), st.data(), MARKS)
def test_each_blank_is_marked_by_itself(fills: list[str], data: st.DataObject, marks: Decimal) -> None:
    right = data.draw(st.lists(st.booleans(), min_size=len(fills), max_size=len(fills)))
    response = [fill if good else "错" for fill, good in zip(fills, right, strict=True)]
    result = mark("fill", [[fill] for fill in fills], response, marks)
    assert result.score is not None
    assert abs(result.score - marks * sum(right) / len(fills)) <= Decimal("0.005")
    assert result.correct == all(right)


@pytest.mark.parametrize("marks", ["-1", "0.005", "NaN", "Infinity"])
def test_impossible_marks_are_refused(marks: str) -> None:
    with pytest.raises(ValueError, match="marks"):
        mark("single", ["A"], ["A"], Decimal(marks))


def test_unknown_kinds_and_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="case"):
        mark("case", ["A"], ["A"], TWO)
    with pytest.raises(ValueError, match="generous"):
        mark("multiple", ["A", "B"], ["A"], TWO, "generous")
    with pytest.raises(ValueError, match="case"):
        validate_response("case", [], 0, [])


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", ["B"]),
        ("single", []),
        ("multiple", ["C", "A"]),
        ("true_false", ["false"]),
        ("fill", ["60日", ""]),
        ("fill", []),
        ("short", ["甲" * 2000]),
        ("short", []),
    ],
)
def test_good_responses_pass_unchanged(kind: str, response: list[str]) -> None:
    assert validate_response(kind, ["A", "B", "C"], 2, response) == tuple(response)


@pytest.mark.parametrize(
    ("kind", "response", "words"),
    [
        ("single", "B", "列表"),
        ("single", None, "列表"),
        ("single", {"A": 1}, "列表"),
        ("single", [1], "列表"),
        ("fill", [["甲"], "乙"], "列表"),
        ("single", ["A", "B"], "最多选 1 项"),
        ("single", ["D"], "“D”"),
        ("single", ["a"], "“a”"),
        ("multiple", ["A", "A"], "两次"),
        ("multiple", ["A", "B", "C", "D"], "“D”"),
        ("true_false", ["对"], "“对”"),
        ("true_false", ["true", "false"], "最多选 1 项"),
        ("fill", ["甲"], "2 个空"),
        ("fill", ["甲", "乙", "丙"], "收到 3 个"),
        ("short", ["甲", "乙"], "2 份"),
        ("short", ["甲" * 2001], "2000 个字"),
        ("short", ["甲\0"], "字符"),
        ("fill", ["\ud800", ""], "字符"),
    ],
)
def test_malformed_responses_are_refused_with_a_sentence(kind: str, response: object, words: str) -> None:
    with pytest.raises(InputError) as caught:
        validate_response(kind, ["A", "B", "C"], 2, response)
    assert words in str(caught.value)
