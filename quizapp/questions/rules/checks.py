"""Everything about the bank that a program can prove: `check_bank` is the whole of it."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

from quizapp.kernel.text import fold
from quizapp.questions.rules.duplicates import comparable, near_duplicates
from quizapp.questions.rules.markup import blank_count
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.proof import faults
from quizapp.questions.rules.reading import ParsedTopic, SourceItem
from quizapp.questions.rules.register import Register
from quizapp.questions.rules.schema import (
    Case,
    Citation,
    Fill,
    LawCitation,
    Multiple,
    Question,
    Short,
    Single,
    TrueFalse,
)
from quizapp.questions.rules.wording import bank_problems, position_problems, question_problems

Where = tuple[str | int, ...]

_OPTION_COUNTS = {"single": (3, 5), "multiple": (4, 6)}


def check_bank(
    topics: Sequence[ParsedTopic], subjects: Collection[str], register: Register | None, on: date | None = None
) -> list[Problem]:
    """All problems of the whole bank, those of shape included, in order of file and line.

    `subjects`: the ids of subjects.yaml. `register`: the laws of laws.yaml; None leaves citations unproved.
    `on`: the day on which the articles cited have to be in force.
    """
    problems: list[Problem] = []
    for topic in topics:
        problems += topic.problems
        problems += _topic_problems(topic, subjects)
        problems += position_problems(topic)
        for entry in topic.items:
            problems += item_problems(entry, register, on)
    entries = [entry for topic in topics for entry in topic.items]
    problems += _repeated_ids(entries)
    problems += _near_duplicates(entries)
    problems += bank_problems(topics)
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.code))


def item_problems(entry: SourceItem, register: Register | None, on: date | None = None) -> Iterator[Problem]:
    """The problems of one item by itself, its parts included."""
    item = entry.item
    if not re.fullmatch(f"{re.escape(item.subject)}-[0-9]{{3}}", item.id):
        yield entry.problem("id_form", "id", id=item.id, subject=item.subject)
    if not isinstance(item, Case):
        yield from _question(item, entry, (), register, on)
        return
    yield from _basis(item.basis, entry, (), register, on)
    for number, part in enumerate(item.parts, start=1):
        where = ("parts", number - 1)
        if part.id != f"{item.id}.{number}":
            yield entry.problem("part_id_form", *where, "id", id=part.id, expected=f"{item.id}.{number}")
        yield from _question(part, entry, where, register, on)


def _topic_problems(topic: ParsedTopic, subjects: Collection[str]) -> Iterator[Problem]:
    if not topic.subject:
        return  # said already: the head of the file is wrong
    line = topic.source.line(("subject",))
    if topic.subject not in subjects:
        yield Problem("subject_unknown", topic.file, line, values={"subject": topic.subject})
    folder = PurePosixPath(topic.file).parent.name
    if folder != topic.subject:
        values = {"folder": folder, "subject": topic.subject}
        yield Problem("folder_mismatch", topic.file, line, values=values)


def _repeated_ids(entries: Sequence[SourceItem]) -> Iterator[Problem]:
    seen: dict[str, SourceItem] = {}
    for entry in entries:
        first = seen.setdefault(entry.item.id, entry)
        if first is not entry:
            other = f"{first.source.file}:{first.line}"
            yield entry.problem("id_duplicate", "id", id=entry.item.id, other=other)


def _near_duplicates(entries: Sequence[SourceItem]) -> Iterator[Problem]:
    texts = [comparable(entry.item) for entry in entries]
    for first, second, score in near_duplicates(texts):
        other, shown = entries[first].item.id, f"{score:.0f}%"
        yield entries[second].problem("near_duplicate", "stem", other=other, score=shown)


def _question(
    question: Question, entry: SourceItem, where: Where, register: Register | None, on: date | None
) -> Iterator[Problem]:
    match question:
        case Single() | Multiple():
            yield from _options(question, entry, where)
            yield from _choice_key(question, entry, where)
        case TrueFalse():
            yield from _reasons({"true", "false"}, {str(question.key).lower()}, question, entry, where)
        case Fill():
            yield from _fill(question, entry, where)
        case Short():
            total = sum(point.share for point in question.rubric)
            if total != 100:
                yield entry.problem("rubric_total", *where, "rubric", total=total)
    if not question.basis:
        yield entry.problem("citation_missing", *where, "basis")
    yield from _basis(question.basis, entry, where, register, on)
    yield from question_problems(question, entry, where)


def _options(question: Single | Multiple, entry: SourceItem, where: Where) -> Iterator[Problem]:
    ids = list(question.options)
    if ids != [chr(ord("A") + place) for place in range(len(ids))]:
        yield entry.problem("option_letters", *where, "options")
    low, high = _OPTION_COUNTS[question.type]
    if not low <= len(ids) <= high:
        yield entry.problem("option_count", *where, "options", low=low, high=high, count=len(ids))
    seen: dict[str, str] = {}
    for option, text in question.options.items():
        first = seen.setdefault(fold(text), option)
        if first != option:
            yield entry.problem("options_indistinct", *where, "options", option, first=first, second=option)


def _choice_key(question: Single | Multiple, entry: SourceItem, where: Where) -> Iterator[Problem]:
    for key in dict.fromkeys(question.key):
        if key not in question.options:
            yield entry.problem("key_not_option", *where, "key", key=key)
        if question.key.count(key) > 1:
            yield entry.problem("key_repeated", *where, "key", key=key)
    count = len(set(question.key))
    if isinstance(question, Single) and count != 1:
        yield entry.problem("single_key_count", *where, "key", count=count)
    if isinstance(question, Multiple) and count < 2:
        yield entry.problem("multiple_key_count", *where, "key", count=count)
    yield from _reasons(set(question.options), set(question.key), question, entry, where)


def _reasons(
    options: set[str],
    right: set[str],
    question: Single | Multiple | TrueFalse,
    entry: SourceItem,
    where: Where,
) -> Iterator[Problem]:
    """Every wrong option says why it is wrong; no right one, and nothing else, does."""
    for option in sorted(options - right - set(question.distractors)):
        yield entry.problem("distractor_missing", *where, "distractors", option=option)
    for option in question.distractors:
        if option in right:
            yield entry.problem("distractor_of_key", *where, "distractors", option, option=option)
        elif option not in options:
            yield entry.problem("distractor_unknown", *where, "distractors", option, option=option)


def _fill(question: Fill, entry: SourceItem, where: Where) -> Iterator[Problem]:
    blanks = blank_count(question.stem)
    if blanks != len(question.key):
        yield entry.problem("blanks_mismatch", *where, "key", blanks=blanks, keys=len(question.key))
    accepted = {fold(variant) for variants in question.key for variant in variants}
    for place, variants in enumerate(question.key):
        if not all(fold(variant) for variant in variants):
            yield entry.problem("accepted_empty", *where, "key", place, blank=place + 1)
    for wrong in question.distractors:
        if len(question.key) == 1 and fold(wrong) in accepted:
            yield entry.problem("distractor_accepted", *where, "distractors", wrong, option=wrong)


def _basis(
    basis: Sequence[Citation], entry: SourceItem, where: Where, register: Register | None, on: date | None
) -> Iterator[Problem]:
    for place, citation in enumerate(basis):
        if register is not None and isinstance(citation, LawCitation):
            yield from _law(citation, entry, (*where, "basis", place), register, on)


def _law(
    citation: LawCitation, entry: SourceItem, where: Where, register: Register, on: date | None
) -> Iterator[Problem]:
    law, version = citation.law, citation.version
    if (law, version) not in register:
        known = any(name == law for name, _ in register)
        code = "version_unknown" if known else "law_unknown"
        yield entry.problem(code, *where, law=law, version=version)
        return
    count = register[law, version].articles
    number = citation.article.partition("-")[0]
    if count is not None and number.isdigit() and int(number) > count:
        yield entry.problem(
            "article_unknown", *where, law=law, version=version, count=count, article=citation.article
        )
        return
    for fault in faults(citation, register, on):
        yield entry.problem(fault.code, *where, **fault.values)
