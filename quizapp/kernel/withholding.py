"""Groups of so few people that their figures are withheld (不单独列出), wherever the product tells of groups."""

from __future__ import annotations

from collections.abc import Sequence

SMALL = 5
"""People: a group of fewer does not stand alone before a reader who sees more than the group."""


def withheld(people: Sequence[int], *, even_nobody: bool = False) -> list[bool]:
    """Which parts of a whole must not stand alone, by how many people each has: the small ones and, as long as these
    together are small and could be found as the whole less the others, the next smallest with them.

    `even_nobody`: small parts that have nobody take another with them too, for what else is told of them.
    """
    away = [number < SMALL for number in people]
    others = sorted((number, place) for place, number in enumerate(people) if not away[place])
    together = sum(number for number in people if number < SMALL)
    while others and any(away) and together < SMALL and (together or even_nobody):
        number, place = others.pop(0)
        away[place], together = True, together + number
    return away
