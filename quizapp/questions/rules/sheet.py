"""An item as reviewers read it: everything, key and reasons included. Never for a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.questions.rules.accepting import spellings
from quizapp.questions.rules.markup import Segment, parse_stem
from quizapp.questions.rules.schema import (
    Case,
    Citation,
    Fill,
    Item,
    Kind,
    LawCitation,
    Multiple,
    Question,
    Short,
    Single,
    TrueFalse,
)
from quizapp.statutes.rules.addressing import article_address

JUDGEMENTS = {"true": "正确", "false": "错误"}
JUDGEMENT_MARKS = {"true": "对", "false": "错"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option or judgement. `mark` is the letter, or a word of one character; `reason` says why it is wrong ("" for the key)."""

    mark: str
    text: str
    is_key: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What proves the key; `address`: the article's page. A document is no statute: `law` is "" then and `locator` says where in it."""

    law: str = ""
    version: str = ""
    article: str = ""
    paragraph: int | None = None
    clause: int | None = None
    document: str = ""
    issuer: str = ""
    date: str = ""
    locator: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSheet:
    """One question. `accepted`: per blank the fills that count, the standard one first; `wrong_fills`: frequent
    wrong ones with reasons; `answer` and `rubric` (point, share in per cent): those of a short answer; `spellings`: per blank other
    ways to type what is accepted that count as right too."""

    code: str
    kind: Kind
    difficulty: int
    stem: tuple[Segment, ...]
    explanation: str
    basis: tuple[Basis, ...]
    choices: tuple[Choice, ...] = ()
    accepted: tuple[tuple[str, ...], ...] = ()
    wrong_fills: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    rubric: tuple[tuple[str, int], ...] = ()
    spellings: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole item: one question, or for a case its material and the questions on it."""

    questions: tuple[QuestionSheet, ...]
    material: str = ""
    stem: tuple[Segment, ...] = ()
    explanation: str = ""
    basis: tuple[Basis, ...] = ()


def sheet_of(item: Item) -> Sheet:
    if isinstance(item, Case):
        parts = tuple(_question(part) for part in item.parts)
        return Sheet(parts, item.material, parse_stem(item.stem), item.explanation, _bases(item.basis))
    return Sheet((_question(item),))


def _question(item: Question) -> QuestionSheet:
    stem = parse_stem(item.stem, with_blanks=isinstance(item, Fill))
    accepted: tuple[tuple[str, ...], ...] = ()
    wrong_fills: tuple[tuple[str, str], ...] = ()
    rubric: tuple[tuple[str, int], ...] = ()
    answer = ""
    if isinstance(item, Fill):
        accepted, wrong_fills = item.key, tuple(item.distractors.items())
    if isinstance(item, Short):
        answer, rubric = item.key, tuple((point.point, point.share) for point in item.rubric)
    return QuestionSheet(item.id, item.type, item.difficulty, stem, item.explanation, _bases(item.basis),
                         _choices(item), accepted, wrong_fills, answer, rubric,
                         tuple(_spelt(variants) for variants in accepted))


def _spelt(variants: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(other for variant in variants for other in spellings(variant) if other not in variants))


def _choices(item: Question) -> tuple[Choice, ...]:
    if isinstance(item, Single | Multiple):
        return tuple(
            Choice(mark, text, mark in item.key, item.distractors.get(mark, ""))
            for mark, text in item.options.items()
        )
    if isinstance(item, TrueFalse):
        key = str(item.key).lower()
        return tuple(
            Choice(JUDGEMENT_MARKS[value], text, value == key, item.distractors.get(value, "")) for value, text in JUDGEMENTS.items()
        )
    return ()


def _bases(basis: Sequence[Citation]) -> tuple[Basis, ...]:
    return tuple(
        Basis(law=c.law, version=c.version, article=c.article, paragraph=c.paragraph, clause=c.item,
              address=article_address(c.law, c.version, c.article, c.span))
        if isinstance(c, LawCitation)
        else Basis(document=c.document, issuer=c.issuer, date=c.date, locator=c.locator)
        for c in basis
    )
