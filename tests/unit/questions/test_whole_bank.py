"""What gives keys away over the whole bank: the longest option, and always the same number of right ones."""

from __future__ import annotations

import pytest

from quizapp.questions.rules.problems import WARNINGS
from quizapp.questions.rules.reading import parse_topic
from quizapp.questions.rules.wording import bank_problems
from tests.unit.questions.topics import FILE, HEAD


def choice(number: int, kind: str, key: str, long: bool = False) -> str:
    options = "".join(
        f"      {letter}: 说法{letter}{'，并且更长一些' if long and letter in key else ''}\n" for letter in "ABCDE"
    )
    return (
        f"  - id: civil-code-{number:03}\n    type: {kind}\n    difficulty: 1\n    applied: false\n    stem: 第 {number} 题\n"
        f"    options:\n{options}    key: [{', '.join(key)}]\n    explanation: 解析\n"
    )


def codes(*items: str) -> list[str]:
    """The codes of the warnings for a bank that holds these items, spread over two files."""
    half = len(items) // 2
    topics = [parse_topic(HEAD + "".join(part), FILE) for part in (items[:half], items[half:])]
    assert not any(topic.problems for topic in topics)
    found = list(bank_problems(topics))
    assert all(problem.level == "warning" and problem.place == "" and problem.text for problem in found)
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("singles", "long", "warned"),
    [(40, 1, True), (40, 2, False), (40, 12, False), (40, 13, True), (39, 39, False), (39, 0, False), (100, 25, False)],
)
def test_a_key_that_is_never_or_too_often_the_longest_is_reported(singles: int, long: int, warned: bool) -> None:
    items = [choice(number, "single", "A", long=number <= long) for number in range(1, singles + 1)]
    assert (codes(*items) == ["bank_key_longest"]) == warned


def test_crossing_out_the_longest_option_must_not_always_work() -> None:
    assert codes(*(choice(number, "single", "B") for number in range(1, 60))) == ["bank_key_longest"]


@pytest.mark.parametrize(
    ("threes", "others", "warned"), [(12, 8, False), (13, 7, True), (10, 0, True), (9, 0, False)]
)
def test_no_number_of_right_options_may_take_more_than_six_tenths(threes: int, others: int, warned: bool) -> None:
    items = [choice(number, "multiple", "ABC") for number in range(1, threes + 1)]
    items += [choice(threes + number, "multiple", ("AB", "ABCD")[number % 2]) for number in range(1, others + 1)]
    assert (codes(*items) == ["bank_key_count"]) == warned


def four(number: int, key: str) -> str:
    """A single choice of four options; every fourth key is a little longer, so that length gives nothing away."""
    return choice(number, "single", key, long=number % 4 == 0).replace("      E: 说法E\n", "")


@pytest.mark.parametrize(
    ("places", "warned"),
    [("A" * 10 + "B" * 10 + "C" * 10 + "D" * 10, []), ("A" * 12 + "B" * 10 + "C" * 9 + "D" * 9, ["A"]), ("A" * 40, list("ABCD")),
     ("A" * 30, [])],
)
def test_no_letter_may_be_the_key_too_often_or_too_seldom(places: str, warned: list[str]) -> None:
    topics = [parse_topic(HEAD + "".join(four(number, key) for number, key in enumerate(places, 1)), FILE)]
    found = [problem.values["letter"] for problem in bank_problems(topics) if problem.code == "bank_key_positions"]
    assert found == warned


def judgement(number: int, key: bool) -> str:
    return (f"  - id: civil-code-{number:03}\n    type: true_false\n    difficulty: 1\n    applied: false\n    stem: 第 {number} 题\n"
            f"    key: {str(key).lower()}\n    explanation: 解析\n")


@pytest.mark.parametrize(("true", "false", "warned"), [(20, 20, False), (18, 22, False), (17, 23, True), (23, 17, True), (30, 0, False)])
def test_true_and_false_are_about_as_frequent(true: int, false: int, warned: bool) -> None:
    items = [judgement(number, number <= true) for number in range(1, true + false + 1)]
    assert (codes(*items) == ["bank_judgements"]) == warned


def test_the_warnings_are_in_the_catalogue() -> None:
    assert {"bank_key_longest", "bank_key_positions", "bank_judgements", "bank_key_count"} <= set(WARNINGS)
