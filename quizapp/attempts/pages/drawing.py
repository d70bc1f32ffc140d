"""The questions of a paper as HTML, in one person's order, with what that person has answered.

What a question says is the same for everybody and is rendered once in a process; see ui.moulds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.counting import show_marks
from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.responses import LETTERS, shown
from quizapp.attempts.rules.words import JUDGEMENTS
from quizapp.i18n import _, language
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.markup import Segment
from quizapp.questions.rules.names import TYPE_NAMES
from quizapp.questions.rules.view import candidate_view
from quizapp.ui.moulds import Mould, cast, gap, moulds

TEMPLATE = "attempts/_question.html"
CHECKED, OPEN, NOTHING = Markup(" checked"), Markup(" open"), Markup("")


@dataclass(frozen=True)
class Asked:
    """One question as a candidate may see it: no key, explanation, reasons, rubric, basis or code. `options`: by the
    bank's own ids, which never leave the server; `texts`: the gaps of fields."""

    kind: str
    kind_name: str
    part: int
    stem: tuple[Segment, ...]
    options: dict[str, str]
    texts: tuple[Markup, ...]
    material: str
    lead: tuple[Segment, ...]


def drawn(layout: Sequence[Slot], paper: Sequence[PaperQuestion], kept: Mapping[int, Kept]) -> list[Markup]:
    """Every question of the paper, in the order of this person's layout."""
    on_form = {question.position: question for question in paper}
    found: list[Markup] = []
    before = None
    for slot in layout:
        asked = on_form[slot.position]
        answer = kept.get(slot.position)
        response = shown(slot, answer.response) if answer else []
        found.append(_drawn(slot, len(layout), asked, response, first=asked.item_version_id != before))
        before = asked.item_version_id
    return found


def _drawn(slot: Slot, total: int, asked: PaperQuestion, response: Sequence[str], *, first: bool) -> Markup:
    number = str(slot.number)
    values: dict[str, object] = {
        "number": number, "total": str(total), "marks": show_marks(asked.marks), "open": OPEN if first else NOTHING,
    }
    if slot.kind in ("fill", "short"):
        texts = list(response) or [""] * max(slot.blanks, 1)
        values |= {f"text{n}": text for n, text in enumerate(texts)} | {"characters": str(len(texts[0]))}
    else:
        values["options"] = Markup("\n      ").join(
            mould.fill({"number": number, "place": str(place), "value": value, "letter": LETTERS[place - 1],
                        "checked": CHECKED if value in response else NOTHING})
            for place, (value, mould) in enumerate(_options(slot, asked), 1)
        )
    return _mould(asked, "").fill(values)


def _options(slot: Slot, asked: PaperQuestion) -> list[tuple[str, Mould]]:
    """The value under which the page names each option, with its mould, in the order shown."""
    if slot.kind == "true_false":
        return [(value, _mould(asked, value)) for value in JUDGEMENTS]
    return [(str(place), _mould(asked, option)) for place, option in enumerate(slot.options, 1)]


def _mould(asked: PaperQuestion, option: str) -> Mould:
    """Of the question, or of one of its options. The stem is part of the name: an id that a rolled-back version
    gave up may come again."""
    name = (asked.item_version_id, asked.part, option, language(), asked.question.stem)

    def make() -> Mould:
        seen = _asked(asked)
        if option:
            return cast(TEMPLATE, "option", seen.kind, seen.options[option], gap)
        return cast(TEMPLATE, "question", seen, gap)

    return moulds().get(name, make)


def _asked(asked: PaperQuestion) -> Asked:
    """Through the list of fields that a candidate may see."""
    view = candidate_view(asked.item)
    own = view.questions[max(asked.part - 1, 0)]
    options = {option.id: option.text for option in own.options}
    if own.kind == "true_false":
        options = {value: _(word) for value, word in JUDGEMENTS.items()}
    texts = tuple(gap(f"text{n}") for n in range(max(own.blanks, 1)))
    return Asked(own.kind, TYPE_NAMES[own.kind], asked.part, own.stem, options, texts, view.material, view.stem)
