"""The order in which one person sees a paper. Fixed at the start, stored, and never drawn again."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

CHOICES = ("single", "multiple")


@dataclass(frozen=True, slots=True)
class OnForm:
    """A question of a form as far as its place and answer are concerned.

    `group`: what has to stay together (the item version); `section`: the type under which it is printed,
    "case" for every part of a case; `kind`: the type that is answered; `options`: ids in the bank's order.
    """

    position: int
    group: int
    section: str
    kind: str
    options: tuple[str, ...] = ()
    blanks: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """One question at its place on this person's paper. `number`: 1-based, as shown; `position`: the form's."""

    number: int
    position: int
    section: str
    kind: str
    options: tuple[str, ...]
    blanks: int


def lay_out(
    questions: Sequence[OnForm], attempt_id: UUID, *, shuffle_questions: bool, shuffle_options: bool
) -> list[dict[str, Any]]:
    """What is stored in `Attempt.layout`; `slots` reads it back. The same attempt always gets the same layout.

    Sections keep the order of the form; a case moves as a whole, its parts in order. Judgements have no
    options to shuffle: 正确 always stands before 错误.
    """
    # not for secrecy: the order must be repeatable from the attempt alone
    chance = random.Random(attempt_id.int)  # noqa: S311
    ordered = _ordered(questions, chance) if shuffle_questions else list(questions)
    return [_entry(question, chance if shuffle_options else None) for question in ordered]


def _ordered(questions: Sequence[OnForm], chance: random.Random) -> list[OnForm]:
    sections: dict[str, dict[int, list[OnForm]]] = {}
    for question in questions:
        sections.setdefault(question.section, {}).setdefault(question.group, []).append(question)
    ordered: list[OnForm] = []
    for groups in sections.values():
        together = list(groups.values())
        chance.shuffle(together)
        ordered += [question for group in together for question in group]
    return ordered


def _entry(question: OnForm, chance: random.Random | None) -> dict[str, Any]:
    options = list(question.options)
    if chance is not None and question.kind in CHOICES:
        chance.shuffle(options)
    return {"q": question.position, "section": question.section, "kind": question.kind, "options": options,
            "blanks": question.blanks}


def slots(layout: Sequence[Mapping[str, Any]]) -> list[Slot]:
    """A stored layout as slots, numbered from 1."""
    return [
        Slot(number, entry["q"], entry["section"], entry["kind"], tuple(entry["options"]), entry["blanks"])
        for number, entry in enumerate(layout, 1)
    ]
