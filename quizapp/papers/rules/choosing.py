"""Which form is whose: spread evenly, nobody the same one twice, as little as can be of what they have seen."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormItems:
    """A form with the ids of its items."""

    form_id: int
    items: frozenset[int]


def choose_forms(
    forms: Sequence[FormItems], people: Sequence[int], attempts: int, seen: Mapping[int, frozenset[int]], seed: int
) -> dict[int, list[int]]:
    """Person → the ids of their forms for attempts 1 to `attempts`.

    `seen`: person → items of their earlier papers; what they meet here counts as seen for their next attempt.
    Nobody gets a form twice while there is another. For each attempt every form goes to equally many people (one
    more at most), except where somebody would get a form twice. Within that everybody gets the form with the
    fewest items that they know; who has most to lose chooses first. The same `seed` gives the same answer,
    whatever the order of `people`.
    """
    if not forms:
        raise ValueError("there is no form to choose")
    known = {person: set(seen.get(person, ())) for person in people}
    chosen: dict[int, list[int]] = {person: [] for person in people}
    chance = {person: random.Random(f"{seed}/{person}") for person in known}  # noqa: S311 - not for secrecy
    for _attempt in range(attempts):
        room = _Room(len(forms), len(known))
        wishes = {person: _wishes(forms, known[person], chosen[person], chance[person]) for person in sorted(known)}
        for person in sorted(wishes, key=lambda person: (wishes[person].regret, person)):
            number = room.best(wishes[person])
            chosen[person].append(forms[number].form_id)
            known[person] |= forms[number].items
    return chosen


@dataclass(frozen=True, slots=True)
class _Wishes:
    """The forms that somebody may get, by number, the best first, each with the items that they know of it.
    `regret`: below 0 by how much the worst is worse than the best."""

    numbers: list[int]
    familiar: dict[int, int]
    regret: int


def _wishes(forms: Sequence[FormItems], known: set[int], had: Sequence[int], chance: random.Random) -> _Wishes:
    times = Counter(had)
    least = min(times[form.form_id] for form in forms)
    familiar = {
        number: len(form.items & known) if known else 0
        for number, form in enumerate(forms) if times[form.form_id] == least
    }
    numbers = list(familiar)
    chance.shuffle(numbers)
    numbers.sort(key=lambda number: familiar[number])
    return _Wishes(numbers, familiar, familiar[numbers[0]] - familiar[numbers[-1]])


class _Room:
    """How many people may still get each form in one attempt: equally many, and one more of some."""

    def __init__(self, forms: int, people: int) -> None:
        self._given = [0] * forms
        self._each, self._more = divmod(people, forms)

    def best(self, wishes: _Wishes) -> int:
        """The most wanted form with room, of equally wanted ones the one that fewest have; takes its place.
        Without room among them the one that fewest have."""
        allowed = [number for number in wishes.numbers if self._given[number] < self._each + (self._more > 0)]
        if allowed:
            fewest = wishes.familiar[allowed[0]]
            allowed = [number for number in allowed if wishes.familiar[number] == fewest]
        number = min(allowed or wishes.numbers, key=lambda number: self._given[number])
        self._more -= self._given[number] == self._each
        self._given[number] += 1
        return number
