"""The marked paper, after release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from quizapp.attempts.asides import Aside
from quizapp.attempts.correcting import Sheet
from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.correcting import FULL, VOID, Correction
from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.responses import LETTERS
from quizapp.attempts.rules.words import JUDGEMENTS, paragraph_words
from quizapp.kernel.rates import show_marks
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.marking import is_answered
from quizapp.questions.rules.markup import Segment, parse_stem
from quizapp.questions.rules.schema import Case, Citation, Fill, LawCitation, Question, Short
from quizapp.statutes.rules.addressing import article_address
from quizapp.statutes.rules.numbering import article_name
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class ReviewedOption:
    """`chosen` by the candidate, `right` by the key; `reason`: why a wrong one is wrong."""

    letter: str
    text: str
    chosen: bool
    right: bool
    reason: str


@dataclass(frozen=True)
class Basis:
    """A cited article, or a document that is no statute (`document`, `locator`).

    `article`, `paragraph`: as a Chinese document writes them, 第一百八十八条, 第一款. `address`: the article's page,
    the words that prove the key marked.
    """

    law: str
    article: str
    paragraph: str
    version: date | None
    document: str
    locator: str
    address: str


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question with its key. `outcome`: right, partial, wrong, empty, pending or void. `treated`: what was done to
    the question after the exam (attempts.rules.correcting) and `why`; both empty where nothing was."""

    number: int
    kind: str
    stem: tuple[Segment, ...]
    material: str
    lead: tuple[Segment, ...]
    first_part: bool
    options: tuple[ReviewedOption, ...]
    given: tuple[str, ...]
    expected: tuple[str, ...]
    frequent_wrong: tuple[tuple[str, str], ...]
    explanation: str
    basis: tuple[Basis, ...]
    score: str
    marks: str
    outcome: str
    treated: str = ""
    why: str = ""


@dataclass(frozen=True)
class ResultPage(Page):
    """`questions` is empty where the exam shows no key. `asides`: number of a question → what other features say."""

    template: ClassVar[str] = "attempts/result.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    section: ClassVar[str] = "my_exams"

    attempt_id: UUID
    title: str
    number: int
    finished_at: datetime
    score: str
    total: str
    grade: str
    pass_mark: str
    excellence_mark: str
    needs_marking: bool
    counts: bool
    score_rule: str
    questions: list[ReviewedQuestion]
    outcome_counts: dict[str, int]
    show_key: bool
    asides: Mapping[int, Sequence[Aside]]


def reviewed(layout: Sequence[Slot], sheet: Sheet, kept: Mapping[int, Kept]) -> list[ReviewedQuestion]:
    """Every question with own answer, the key that counts and reasons, in the order in which it was sat."""
    on_form = {question.position: question for question in sheet.questions}
    found: list[ReviewedQuestion] = []
    for slot in layout:
        asked = on_form[slot.position]
        previous = on_form[layout[slot.number - 2].position] if slot.number > 1 else None
        first = previous is None or previous.item_version_id != asked.item_version_id
        found.append(_review(slot, asked, kept.get(slot.position), first, sheet.corrections.get(slot.position)))
    return found


def _review(
    slot: Slot, asked: PaperQuestion, answer: Kept | None, first: bool, correction: Correction | None
) -> ReviewedQuestion:
    item, question = asked.item, asked.question
    response = answer.response if answer else ()
    score = (answer.score if answer else Decimal(0)) if is_answered(response) else Decimal(0)
    treated = correction.treatment if correction else ""
    if treated in VOID:
        score = asked.marks if treated == FULL else Decimal(0)
    material, lead = (item.material, parse_stem(item.stem)) if isinstance(item, Case) else ("", ())
    given, expected = ((), ()) if slot.kind in ("single", "multiple", "true_false") else _texts(question, response)
    frequent = tuple(question.distractors.items()) if isinstance(question, Fill) else ()
    cited = question.basis or (item.basis if isinstance(item, Case) else ())
    return ReviewedQuestion(
        slot.number, slot.kind, parse_stem(question.stem, with_blanks=slot.kind == "fill"), material, lead, first,
        _options(slot, question, response), given, expected, frequent, question.explanation,
        tuple(_basis(citation) for citation in cited), "" if score is None else show_marks(score),
        show_marks(asked.marks), "void" if treated in VOID else _outcome(response, score, asked.marks), treated,
        correction.reason if correction else "",
    )


def _outcome(response: Sequence[str], score: Decimal | None, marks: Decimal) -> str:
    if not is_answered(response):
        return "empty"
    if score is None:
        return "pending"
    if score == marks:
        return "right"
    return "partial" if score > 0 else "wrong"


def _texts(question: Question, response: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(question, Fill):
        given = tuple(response) or ("",) * len(question.key)
        return given, tuple(" / ".join(variants) for variants in question.key)
    return tuple(response), (question.key,) if isinstance(question, Short) else ()


def _options(slot: Slot, question: Question, response: Sequence[str]) -> tuple[ReviewedOption, ...]:
    key = marking_key(question)
    reasons = getattr(question, "distractors", {})
    if slot.kind == "true_false":
        texts = JUDGEMENTS
    elif slot.kind in ("single", "multiple"):
        texts = {option: question.options[option] for option in slot.options}  # type: ignore[union-attr]
    else:
        return ()
    return tuple(
        ReviewedOption(LETTERS[index], text, option in response, option in key, reasons.get(option, ""))
        for index, (option, text) in enumerate(texts.items())
    )


def _basis(citation: Citation) -> Basis:
    if isinstance(citation, LawCitation):
        article, paragraph = article_name(citation.article), paragraph_words(citation.paragraph)
        address = article_address(citation.law, citation.version, citation.article, citation.span)
        return Basis(citation.law, article, paragraph, date.fromisoformat(citation.version), "", "", address)
    return Basis("", "", "", None, citation.document, citation.locator, "")


def outcome_counts(questions: Sequence[ReviewedQuestion]) -> dict[str, int]:
    return dict(Counter(question.outcome for question in questions))
