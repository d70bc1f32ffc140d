"""The real bank: what `quizapp bank check` proves, and that there is enough of it."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from quizapp.questions.gate import every_citation
from quizapp.questions.rules.checks import check_bank
from quizapp.questions.rules.duplicates import comparable, near_duplicates
from quizapp.questions.rules.reading import ParsedTopic, parse_topic
from quizapp.questions.rules.register import Register, register_of
from quizapp.questions.rules.schema import (
    KINDS,
    Case,
    LawCitation,
    Question,
    Single,
    TrueFalse,
    difficulty_of,
)
from quizapp.statutes.register_files import read_register

BANK = Path(__file__).parents[2] / "question_bank"
ITEMS, SUBJECTS, LAWS = 1_500, 12, 40
ITEMS_PER_SUBJECT = 60
# what the subjects, or groups of them, need at least: by folder, or by the laws cited
GROUPS = {("civil-code",): 250, ("constitution",): 120, ("national-security",): 250, ("office-affairs",): 200}
ADMINISTRATIVE = {"行政复议法", "行政诉讼法", "行政处罚法", "行政许可法", "行政强制法", "罚款决定与罚款收缴分离实施办法",
                  "行政执法机关移送涉嫌犯罪案件的规定"}
ADMINISTRATIVE_ITEMS = 250
SHARES = {"single": (0.42, 0.48), "multiple": (0.22, 0.28), "true_false": (0.17, 0.23)}
APPLIED = 0.35
LONGEST = 0.30
POSITIONS = (0.22, 0.28)
TRUE = (0.45, 0.55)
ALIKE = 85.0


def _yaml(name: str) -> Any:
    return yaml.safe_load((BANK / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def subjects() -> list[str]:
    return [subject["id"] for subject in _yaml("subjects.yaml")]


@pytest.fixture(scope="module")
def register() -> Register:
    return register_of(read_register(BANK).laws)


@pytest.fixture(scope="module")
def topics() -> list[ParsedTopic]:
    paths = sorted(path for path in BANK.glob("*/*.yaml") if path.parent.name != "plans")
    return [parse_topic(path.read_bytes(), path.relative_to(BANK).as_posix()) for path in paths]


@pytest.fixture(scope="module")
def questions(topics: list[ParsedTopic]) -> list[Question]:
    """Everything that is answered: items, and the parts of cases."""
    items = [entry.item for topic in topics for entry in topic.items]
    return [question for item in items for question in (item.parts if isinstance(item, Case) else (item,))]


def test_the_bank_has_no_errors(topics: list[ParsedTopic], subjects: list[str], register: Register) -> None:
    found = check_bank(topics, subjects, register, date.today())  # noqa: DTZ011 - whatever day this is
    errors = [f"{p.file}:{p.line} {p.item_id} {p.text}" for p in found if p.level == "error"]
    assert not errors, "\n".join(errors)


def test_the_bank_is_large_enough(topics: list[ParsedTopic]) -> None:
    assert sum(len(topic.items) for topic in topics) >= ITEMS


def test_every_subject_is_covered(topics: list[ParsedTopic], subjects: list[str]) -> None:
    counts = Counter({topic.subject: 0 for topic in topics})
    for topic in topics:
        counts[topic.subject] += len(topic.items)
    assert len(subjects) >= SUBJECTS
    assert {subject: counts[subject] for subject in subjects if counts[subject] < ITEMS_PER_SUBJECT} == {}
    assert {group: sum(counts[one] for one in group) for group, least in GROUPS.items()
            if sum(counts[one] for one in group) < least} == {}


def test_many_laws_are_covered(questions: list[Question], topics: list[ParsedTopic]) -> None:
    cited = {one.law for question in questions for one in question.basis if isinstance(one, LawCitation)}
    assert len(cited) >= LAWS
    administrative = [entry for topic in topics for entry in topic.items
                      if ADMINISTRATIVE & {one.law for one in every_citation(entry.item) if isinstance(one, LawCitation)}]
    assert len(administrative) >= ADMINISTRATIVE_ITEMS


def test_every_type_has_its_share(topics: list[ParsedTopic]) -> None:
    kinds = Counter(entry.item.type for topic in topics for entry in topic.items)
    total = sum(kinds.values())
    assert set(kinds) == set(KINDS)
    assert {kind: kinds[kind] / total for kind, (low, high) in SHARES.items() if not low <= kinds[kind] / total <= high} == {}
    assert sum(entry.item.applied for topic in topics for entry in topic.items) / total >= APPLIED


def test_three_levels_of_difficulty_are_really_used(topics: list[ParsedTopic]) -> None:
    levels = Counter(difficulty_of(entry.item) for topic in topics for entry in topic.items)
    assert min(levels[level] for level in (1, 2, 3)) >= 0.15 * sum(levels.values())


def test_nothing_is_given_away_by_form(questions: list[Question]) -> None:
    """Neither the length of the key, nor its place, nor a habit of true statements."""
    singles = [question for question in questions if isinstance(question, Single)]
    longest = [one for one in singles if len(one.options[one.key[0]]) > max(
        len(text) for letter, text in one.options.items() if letter not in one.key)]
    assert len(longest) / len(singles) <= LONGEST
    places = Counter(one.key[0] for one in singles if len(one.options) == 4)
    assert {letter: count for letter, count in places.items()
            if not POSITIONS[0] <= count / sum(places.values()) <= POSITIONS[1]} == {}
    judgements = [question.key for question in questions if isinstance(question, TrueFalse)]
    assert TRUE[0] <= sum(judgements) / len(judgements) <= TRUE[1]


def test_no_two_items_are_alike(topics: list[ParsedTopic]) -> None:
    items = [entry.item for topic in topics for entry in topic.items]
    found = near_duplicates([comparable(item) for item in items], ALIKE)
    assert [(items[first].id, items[second].id, round(score)) for first, second, score in found] == []


def test_every_citation_of_a_law_carries_its_proof(questions: list[Question]) -> None:
    bare = [question.id for question in questions for one in question.basis
            if isinstance(one, LawCitation) and (one.text is None or one.span is None)]
    assert bare == []
