"""What a candidate may receive of an item, field by field. What is not listed here is never sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.questions.rules.markup import Segment, parse_stem
from quizapp.questions.rules.schema import Case, Fill, Item, Kind, Multiple, Question, Single


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
        return CandidateView(item.type, views, item.material, parse_stem(item.stem))
    return CandidateView(item.type, views)


def _question_view(question: Question, order: Sequence[str]) -> QuestionView:
    stem = parse_stem(question.stem, with_blanks=isinstance(question, Fill))
    blanks = sum(segment.blank is not None for segment in stem)
    return QuestionView(question.type, stem, _options(question, order), blanks)


def _options(question: Question, order: Sequence[str]) -> tuple[OptionView, ...]:
    if not isinstance(question, Single | Multiple):
        if order:
            raise ValueError(f"an item of kind {question.type!r} has no options to order")
        return ()
    if order and sorted(order) != sorted(question.options):
        raise ValueError("the order is not a permutation of the options")
    return tuple(OptionView(option, question.options[option]) for option in order or question.options)
