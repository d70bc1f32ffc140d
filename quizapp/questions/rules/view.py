"""What a candidate may receive of an item, field by field and type by type. What is not listed here is never sent.

A type that is added gives nothing away until somebody has listed its fields: not to a candidate at work, and not to
everybody once an exam is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.questions.rules.markup import Segment, parse_stem
from quizapp.questions.rules.schema import Case, Fill, Item, Kind, Multiple, Question, Single

RECEIVED: dict[str, frozenset[str]] = {
    "single": frozenset({"stem", "options"}),
    "multiple": frozenset({"stem", "options"}),
    "true_false": frozenset({"stem"}),
    "fill": frozenset({"stem"}),
    "short": frozenset({"stem"}),
    "case": frozenset({"stem", "material"}),
}
"""Fields of each type that a candidate receives with the paper."""

_SHOWN = frozenset({"subject", "topic", "id", "type", "difficulty", "applied", "stem", "explanation", "basis"})
OPENED: dict[str, frozenset[str]] = {
    "single": _SHOWN | {"options", "key", "distractors"},
    "multiple": _SHOWN | {"options", "key", "distractors"},
    "true_false": _SHOWN | {"key", "distractors"},
    "fill": _SHOWN | {"key", "distractors"},
    "short": _SHOWN | {"key", "rubric"},
    "case": _SHOWN | {"material", "parts"},
}
"""Fields of each type that everybody receives once the commitment of an exam is opened."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """`id` is what a response names; the letter shown follows from the place in the list."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question to be answered: never its key, explanation, reasons, rubric, basis or variants."""

    kind: Kind
    stem: tuple[Segment, ...]
    options: tuple[OptionView, ...] = ()
    blanks: int = 0


@dataclass(frozen=True, slots=True)
class CandidateView:
    """An item on the paper: one question, or for a case its material and the questions on it."""

    kind: Kind
    questions: tuple[QuestionView, ...]
    material: str = ""
    stem: tuple[Segment, ...] = ()


def candidate_view(item: Item, option_orders: Sequence[Sequence[str]] = ()) -> CandidateView:
    """What a candidate sees of `item`.

    `option_orders`: for each question in turn, the option ids in the order of this person's form; () keeps
    the order of the bank. Raises ValueError where an order is not a permutation of the item's options.
    """
    questions: Sequence[Question] = item.parts if isinstance(item, Case) else (item,)
    orders = [*option_orders, *([()] * (len(questions) - len(option_orders)))]
    if len(orders) != len(questions):
        raise ValueError("more orders of options than questions")
    views = tuple(_question_view(question, order) for question, order in zip(questions, orders, strict=True))
    if isinstance(item, Case):
        received = RECEIVED.get(item.type, frozenset())
        return CandidateView(item.type, views, item.material if "material" in received else "",
                             parse_stem(item.stem) if "stem" in received else ())
    return CandidateView(item.type, views)


def _question_view(question: Question, order: Sequence[str]) -> QuestionView:
    received = RECEIVED.get(question.type, frozenset())
    stem = parse_stem(question.stem, with_blanks=isinstance(question, Fill)) if "stem" in received else ()
    blanks = sum(segment.blank is not None for segment in stem)
    return QuestionView(question.type, stem, _options(question, order), blanks)


def _options(question: Question, order: Sequence[str]) -> tuple[OptionView, ...]:
    if not isinstance(question, Single | Multiple) or "options" not in RECEIVED.get(question.type, frozenset()):
        if order:
            raise ValueError(f"an item of kind {question.type!r} has no options to order")
        return ()
    if order and sorted(order) != sorted(question.options):
        raise ValueError("the order is not a permutation of the options")
    return tuple(OptionView(option, question.options[option]) for option in order or question.options)


def opened(content: Mapping[str, Any]) -> dict[str, Any]:
    """Stored content as far as everybody may read it once its exam is opened; of parts the same."""
    allowed = OPENED.get(content.get("type", ""), frozenset({"id", "type"}))
    kept = {field: value for field, value in content.items() if field in allowed}
    return {**kept, "parts": [opened(part) for part in kept["parts"]]} if "parts" in kept else kept
