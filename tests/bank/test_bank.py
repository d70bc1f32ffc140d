"""The real bank: what `quizapp bank check` proves, and that there is enough of it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from quizapp.questions.rules.checks import check_bank
from quizapp.questions.rules.reading import ParsedTopic, parse_topic
from quizapp.questions.rules.register import Register, register_of
from quizapp.questions.rules.schema import KINDS

BANK = Path(__file__).parents[2] / "question_bank"
ITEMS = 300
ITEMS_PER_SUBJECT = 20


def _yaml(name: str) -> Any:
    return yaml.safe_load((BANK / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def subjects() -> list[str]:
    return [subject["id"] for subject in _yaml("subjects.yaml")]


@pytest.fixture(scope="module")
def register() -> Register:
    return register_of(_yaml("laws.yaml"))


@pytest.fixture(scope="module")
def topics() -> list[ParsedTopic]:
    paths = sorted(path for path in BANK.glob("*/*.yaml") if path.parent.name != "plans")
    return [parse_topic(path.read_bytes(), path.relative_to(BANK).as_posix()) for path in paths]


def test_the_bank_has_no_errors(topics: list[ParsedTopic], subjects: list[str], register: Register) -> None:
    found = check_bank(topics, subjects, register)
    errors = [f"{p.file}:{p.line} {p.item_id} {p.text}" for p in found if p.level == "error"]
    assert not errors, "\n".join(errors)


def test_the_bank_is_large_enough(topics: list[ParsedTopic]) -> None:
    assert sum(len(topic.items) for topic in topics) >= ITEMS


def test_every_subject_is_covered(topics: list[ParsedTopic], subjects: list[str]) -> None:
    counts = Counter({topic.subject: 0 for topic in topics})
    for topic in topics:
        counts[topic.subject] += len(topic.items)
    assert {subject: counts[subject] for subject in subjects if counts[subject] < ITEMS_PER_SUBJECT} == {}


def test_every_type_exists(topics: list[ParsedTopic]) -> None:
    assert {entry.item.type for topic in topics for entry in topic.items} == set(KINDS)
