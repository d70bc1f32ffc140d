"""Responses between page and table.

A page names options by their place ("1" is the first one shown), the table by the bank's own ids: so the
page says nothing about the order in which the bank keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence

from quizapp.attempts.rules.layout import CHOICES, Slot
from quizapp.kernel.errors import InputError
from quizapp.questions.rules.marking import is_answered, validate_response

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def stored(slot: Slot, shown: object) -> list[str]:
    """What a page sent -> what is kept. Raises InputError for what cannot be an answer to this question."""
    places = [str(place) for place in range(1, len(slot.options) + 1)]
    values = validate_response(slot.kind, places, slot.blanks, shown)
    if slot.kind in CHOICES:
        return sorted(slot.options[int(value) - 1] for value in values)
    return list(values) if is_answered(values) else []


def shown(slot: Slot, kept: Sequence[str]) -> list[str]:
    """What is kept -> what the page of this person names it."""
    if slot.kind in CHOICES:
        return sorted((str(slot.options.index(option) + 1) for option in kept), key=int)
    return list(kept)


def from_fields(slot: Slot, fields: Sequence[str]) -> list[str]:
    """The fields of a plain form -> a response as a page sends it. Empty text fields are no answer."""
    if slot.kind == "fill":
        if len(fields) != slot.blanks:
            raise InputError("这道题有 %(blanks)s 个空，收到 %(count)s 个答案。", blanks=slot.blanks, count=len(fields))
        return list(fields)
    return [field for field in fields if field.strip()]
