"""The strip of slips and the answer card of the exam page.

At nine o'clock nobody has looked at anything yet: what they see is drawn once for all who stand alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import current_app
from markupsafe import Markup

from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.progress import State, slips, strip_width
from quizapp.i18n import language
from quizapp.ui.moulds import Shelf, macro

TEMPLATE = "attempts/_card.html"
KEPT = 256


@dataclass(frozen=True)
class CardSection:
    """One type on the answer card, with the numbers it holds."""

    kind: str
    first: int
    last: int
    cells: list[tuple[int, State]]


def drawn_strip(states: Sequence[State]) -> Markup:
    return _shelf().get(("strip", *states), lambda: macro(TEMPLATE, "strip")(slips(states), strip_width(len(states))))


def drawn_card(layout: Sequence[Slot], states: Sequence[State]) -> Markup:
    name = ("card", language(), *((slot.number, slot.section) for slot in layout), *states)
    return _shelf().get(name, lambda: macro(TEMPLATE, "card")(card_sections(layout, states)))


def _shelf() -> Shelf[Markup]:
    found: Shelf[Markup] = current_app.extensions.setdefault("attempts.standing", Shelf(KEPT))
    return found


def card_sections(layout: Sequence[Slot], states: Sequence[State]) -> list[CardSection]:
    """The answer card, grouped as the paper is printed."""
    pairs = zip(layout, states, strict=True)
    found: list[CardSection] = []
    for kind, group in groupby(pairs, key=lambda pair: pair[0].section):
        cells = [(slot.number, state) for slot, state in group]
        found.append(CardSection(kind, cells[0][0], cells[-1][0], cells))
    return found
