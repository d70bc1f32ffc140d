"""The questions of a paper as HTML, in one person's order, with what that person has answered.

What a question says is the same for everybody and is rendered once in a process; see ui.moulds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import current_app
from markupsafe import Markup, escape

from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.responses import LETTERS, shown
from quizapp.attempts.rules.words import JUDGEMENTS
from quizapp.i18n import _, language
from quizapp.kernel.rates import show_marks
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.markup import Segment
from quizapp.questions.rules.names import TYPE_NAMES
from quizapp.questions.rules.view import candidate_view
from quizapp.ui.moulds import Mould, Shelf, cast, gap

TEMPLATE = "attempts/_question.html"
CHECKED, OPEN, NOTHING = Markup(" checked"), Markup(" open"), Markup("")
PLACES = [escape(place) for place in range(1, len(LETTERS) + 1)]
JUDGED = [escape(value) for value in JUDGEMENTS]
MARKED = [escape(letter) for letter in LETTERS]


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


@dataclass(frozen=True)
class Cast:
    """The moulds of one question: of itself, and of its options by the bank's own ids."""

    question: Mould
    options: dict[str, Mould]


def drawn(layout: Sequence[Slot], paper: Sequence[PaperQuestion], kept: Mapping[int, Kept]) -> list[Markup]:
    """Every question of the paper, in the order of this person's layout."""
    on_form = {question.position: question for question in paper}
    # of the running application: its database gives the names their meaning
    shelf: Shelf[Cast] = current_app.extensions.setdefault("attempts.questions", Shelf())
    spoken, total = language(), escape(len(layout))
    found: list[Markup] = []
    before = None
    for slot in layout:
        asked = on_form[slot.position]
        answer = kept.get(slot.position)
        # the stem is part of the name: an id that a rolled-back version gave up may come again
        name = (asked.item_version_id, asked.part, spoken, asked.question.stem)
        values: dict[str, object] = {
            "number": escape(slot.number), "total": total, "marks": escape(show_marks(asked.marks)),
            "open": OPEN if asked.item_version_id != before else NOTHING,
        }
        response = shown(slot, answer.response) if answer else []
        found.append(_filled(shelf.get(name, partial(_cast, asked)), slot, response, values))
        before = asked.item_version_id
    return found


def _filled(moulds: Cast, slot: Slot, response: Sequence[str], values: dict[str, object]) -> Markup:
    if slot.kind in ("fill", "short"):
        texts = list(response) or [""] * max(slot.blanks, 1)
        values |= {f"text{n}": text for n, text in enumerate(texts)} | {"characters": len(texts[0])}
    else:
        shown_as = JUDGED if slot.kind == "true_false" else PLACES
        options = JUDGEMENTS if slot.kind == "true_false" else slot.options
        values["options"] = Markup("".join(  # noqa: S704 - each is a filled mould
            moulds.options[option].fill({
                "number": values["number"], "place": place, "value": value, "letter": letter,
                "checked": CHECKED if value in response else NOTHING,
            })
            for option, value, place, letter in zip(options, shown_as, PLACES, MARKED, strict=False)
        ))
    return moulds.question.fill(values)


def _cast(asked: PaperQuestion) -> Cast:
    seen = _asked(asked)
    return Cast(cast(TEMPLATE, "question", seen, gap),
                {option: cast(TEMPLATE, "option", seen.kind, text, gap) for option, text in seen.options.items()})


def _asked(asked: PaperQuestion) -> Asked:
    """Through the list of fields that a candidate may see."""
    view = candidate_view(asked.item)
    own = view.questions[max(asked.part - 1, 0)]
    options = {option.id: option.text for option in own.options}
    if own.kind == "true_false":
        options = {value: _(word) for value, word in JUDGEMENTS.items()}
    texts = tuple(gap(f"text{n}") for n in range(max(own.blanks, 1)))
    return Asked(own.kind, TYPE_NAMES[own.kind], asked.part, own.stem, options, texts, view.material, view.stem)
