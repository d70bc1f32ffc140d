"""Wrong answers out of the same law: other values and bodies, of which none is right as well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log
from random import Random

from quizapp.questions.rules.generation.law import WIDE_LAW, Found, Law, around, distinct
from quizapp.questions.rules.generation.organs import Mention
from quizapp.questions.rules.generation.passages import Passage, Reading
from quizapp.questions.rules.generation.phrases import heading_of
from quizapp.questions.rules.generation.standing import fits, is_of_the_state, overlap, sort_of
from quizapp.questions.rules.generation.values import Value, distance, values_in
from quizapp.statutes.rules.numbering import order_of

FARTHEST = log(12)  # a wrong number is at most twelve times the right one, or a twelfth
CLEARLY = log(1.4)  # two periods in different units are clearly of different length
FARTHEST_PERIOD = log(7)
ENOUGH = 3  # values in the same unit; with these, no other unit is asked for
NEAREST = 6  # of these, the wrong answers are drawn
FAR_IN_WIDE_LAW = 80  # articles
_OF_THE_STATE = re.compile("中央|全国|国家")


def other_values(law: Law, passage: Passage, value: Value) -> list[Found]:
    """Values of the group of `value` elsewhere in the law, nearest in size first; none that occurs in the
    article, and none that the law gives for what seems to be the same matter."""
    before, after = around(passage.text, value.start, value.end)
    taken = {v.sizes for v in _all_values(passage.reading) if v.group == value.group}
    kept: dict[tuple[float, ...], Found] = {}
    for found in law.values.get(value.group, ()):
        sizes = found.value.sizes
        if found.is_about(before, after):
            taken.add(sizes)
        nobody = value.family in {"people", "times"} and sizes == (1.0,)  # 一人以上: nothing is asked
        if distance(value, found.value) <= FARTHEST and not _same_half(value, found.value) and not nobody:
            kept.setdefault(sizes, found)
    left = [found for sizes, found in kept.items() if sizes not in taken]
    near = sorted(left, key=lambda found: distance(value, found.value))
    if len(near) >= ENOUGH or value.days is None:
        return near
    known = [v.days for v in (*_all_values(passage.reading), *(found.value for found in near)) if v.days]
    return near + _other_periods(law, passage, value, [value.days, *known])


def _other_periods(law: Law, passage: Passage, value: Value, known: Sequence[float]) -> list[Found]:
    """Periods in other units, 三个月 beside 六十日: of a length near the first of those known, and clearly of
    another than all of them and than each other. `known`: days."""
    before, after = around(passage.text, value.start, value.end)
    lengths, kept = list(known), []
    for days, found in _periods_by_nearness(law, value, known[0]):
        distinct_length = min(abs(log(days / other)) for other in lengths) >= CLEARLY
        if distinct_length and not found.is_about(before, after):
            lengths.append(days)
            kept.append(found)
    return kept


def _periods_by_nearness(law: Law, value: Value, days: float) -> list[tuple[float, Found]]:
    """(days, period) of those periods of the law that are written alike and not much longer or shorter."""
    found = [
        (each.value.days, each)
        for group, many in law.values.items()
        for each in many
        if group != value.group and each.value.style == value.style and "天" not in each.word.text
    ]
    near = [(length, each) for length, each in found if length and abs(log(length / days)) <= FARTHEST_PERIOD]
    return sorted(near, key=lambda pair: abs(log(pair[0] / days)))


def other_bodies(law: Law, passage: Passage, mention: Mention) -> list[Found]:
    """Bodies that stand elsewhere in the law in the role of `mention`; none that occurs in the article,
    overlaps with it, or is said there to do what seems to be the same."""
    before, after = around(passage.text, mention.start, mention.end)
    ruled_out = {found.word.text for found in law.bodies if found.is_about(before, after)}
    central = bool(_OF_THE_STATE.search(passage.text.replace(mention.text, "")))
    return [
        found
        for found in distinct([f for f in law.bodies if _acts(f.mention) == _acts(mention)])
        if found.word.text not in ruled_out
        and found.word.text not in passage.reading.text
        and _could_be_taken_for(mention.text, found.word.text, central=central)
        and (len(law.readings) < WIDE_LAW or _is_near(passage.reading, mention, found))
    ]


def drawn(found: Sequence[Found], rng: Random, count: int = 3) -> list[Found]:
    """`count` of the first, fewer where there are fewer; no body overlaps with another."""
    nearest = list(found[:NEAREST])
    rng.shuffle(nearest)
    kept: list[Found] = []
    for each in nearest:
        clash = any(isinstance(k.word, Mention) and overlap(k.word.text, each.word.text) for k in kept)
        if not clash and len(kept) < count:
            kept.append(each)
    return kept


def _could_be_taken_for(body: str, other: str, *, central: bool) -> bool:
    """`central`: what the sentence speaks of concerns the whole state, so that no lower body could do it."""
    if sort_of(other) != sort_of(body) or overlap(other, body) or not fits(body, other):
        return False
    return not (central and is_of_the_state(body) and not is_of_the_state(other))


def _is_near(reading: Reading, mention: Mention, found: Found) -> bool:
    """In a long law: no party of another chapter, no body from far away."""
    heading = heading_of(reading.article.path)
    if sort_of(mention.text) == "party" and (not heading or found.heading != heading):
        return False
    return abs(order_of(found.article)[0] - order_of(reading.number)[0]) <= FAR_IN_WIDE_LAW


def _acts(mention: Mention) -> bool:
    """Whether a body does something, rather than being applied to, reported to or asked."""
    return mention.role in {"agent", "subject"}


def _all_values(reading: Reading) -> list[Value]:
    return [value for block in reading.blocks for value in values_in(block.text)]


def _same_half(one: Value, other: Value) -> bool:
    """过半数 and 二分之一以上 are too close to be told apart."""
    return one.group == "majority" and abs(one.sizes[0] - other.sizes[0]) < 0.02
