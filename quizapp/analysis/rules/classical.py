"""Classical statistics of questions and forms, from sums alone: nothing here sees a person.

Marks are whole hundredths, so every sum is exact. All variances divide by n - 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from quizapp.analysis.rules.groups import LOWER, THIRDS, UPPER, Cuts


@dataclass
class Moments:
    """Sums over everybody who had the question: n, x, x², x·t (`t`: score on the form)."""

    x: int = 0
    xx: int = 0
    xt: int = 0

    def add(self, x: int, xx: int, xt: int) -> None:
        self.x, self.xx, self.xt = self.x + x, self.xx + xx, self.xt + xt


@dataclass
class Asked:
    """One question on one form: `marks` in hundredths, the moments, and by band its marks and choices.

    `choices`: (band, option) → people who took it; `answered`: band → people who answered at all.
    """

    form: int
    position: int
    marks: int
    moments: Moments = field(default_factory=Moments)
    got: Counter[int] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)
    choices: Counter[tuple[int, str]] = field(default_factory=Counter)
    by_slice: Counter[int] = field(default_factory=Counter)


@dataclass
class Sat:
    """Who sat one form: score → people, band → people, slice of the window → people and their marks."""

    number: int
    total: int
    scores: Counter[int] = field(default_factory=Counter)
    bands: Counter[int] = field(default_factory=Counter)
    slices: Counter[int] = field(default_factory=Counter)
    slice_marks: Counter[int] = field(default_factory=Counter)
    cuts: Cuts | None = None

    @property
    def people(self) -> int:
        return self.scores.total()

    @property
    def t(self) -> int:
        return sum(score * people for score, people in self.scores.items())

    @property
    def tt(self) -> int:
        return sum(score * score * people for score, people in self.scores.items())


@dataclass(frozen=True, slots=True)
class FormStatistics:
    """A form: mean share of the marks, standard deviation and error of measurement in marks, reliability.

    `alpha`: Cronbach (1951); `is_kr20`: every question was right or wrong for equal marks, so that it is the
    Kuder-Richardson formula 20 (1937). None where it is not defined: fewer than two questions or people, or no
    difference between scores.
    """

    number: int
    people: int
    questions: int
    total: float
    share: float
    sd: float | None
    alpha: float | None
    sem: float | None
    is_kr20: bool


def form_statistics(sat: Sat, asked: Sequence[Asked]) -> FormStatistics:
    n = sat.people
    variance = _variance(n, sat.t, sat.tt)
    items = [_variance(n, one.moments.x, one.moments.xx) for one in asked]
    alpha = None
    if variance and len(items) > 1:
        alpha = len(items) / (len(items) - 1) * (1 - sum(one or 0.0 for one in items) / variance)
    sd = None if variance is None else sqrt(variance) / 100
    sem = None if alpha is None or sd is None else sd * sqrt(1 - min(max(alpha, 0.0), 1.0))
    share = sat.t / (n * sat.total) if n and sat.total else 0.0
    same = len({one.marks for one in asked}) == 1
    return FormStatistics(sat.number, n, len(asked), sat.total / 100, share, sd, alpha, sem,
                          same and all(is_right_or_wrong(one) for one in asked))


def is_right_or_wrong(asked: Asked) -> bool:
    """Whether everybody got all of its marks or none: no other sum of squares is as large."""
    return asked.moments.xx == asked.marks * asked.moments.x


def _variance(n: int, total: int, squares: int) -> float | None:
    return None if n < 2 else (n * squares - total * total) / (n * (n - 1))


@dataclass(frozen=True, slots=True)
class Group:
    """A third of the people: how many, the share of the marks they got, and option → share who chose it."""

    people: int
    share: float
    choices: Mapping[str, float]
    omitted: float


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """A question over all its forms. None where it is not defined: nobody, no difference, or scores too alike.

    `facility`: share of the marks that could be got. `discrimination`: facility among the best 27 % less that among
    the worst. `item_rest`: correlation of its marks with the rest of the form's, from the sums of squares and
    products within forms. `groups`: worst, middle and best third, empty where they overlap.
    """

    people: int
    forms: int
    marks: float
    facility: float
    discrimination: float | None
    item_rest: float | None
    omitted: float
    groups: tuple[Group, ...]


def question_statistics(asked: Sequence[Asked], forms: Mapping[int, Sat]) -> QuestionStatistics:
    """`asked`: the same question on each form that has it and that somebody sat."""
    people = sum(forms[one.form].people for one in asked)
    possible = sum(forms[one.form].people * one.marks for one in asked)
    answered = sum(one.answered.total() for one in asked)
    return QuestionStatistics(
        people, len(asked), max(one.marks for one in asked) / 100,
        sum(one.moments.x for one in asked) / possible if possible else 0.0,
        discrimination(asked, forms), item_rest(asked, forms), 1 - answered / people if people else 0.0,
        thirds(asked, forms),
    )


def discrimination(asked: Sequence[Asked], forms: Mapping[int, Sat]) -> float | None:
    shares = []
    for bands in (UPPER, LOWER):
        apart = [one for one in asked if _cuts(forms[one.form]).extremes]
        possible = sum(one.marks * sum(forms[one.form].bands[band] for band in bands) for one in apart)
        if not possible:
            return None
        shares.append(sum(one.got[band] for one in apart for band in bands) / possible)
    return shares[0] - shares[1]


def item_rest(asked: Sequence[Asked], forms: Mapping[int, Sat]) -> float | None:
    """Corrected item-total correlation. Marks are taken as shares of the question's and of the form's, so that forms
    of other worth count alike; the question itself is left out of the total."""
    products = own = rest = 0.0
    for one in asked:
        sat = forms[one.form]
        n, x, t = sat.people, one.moments.x, sat.t
        if not n or not one.marks or sat.total <= one.marks:
            continue
        xx = (n * one.moments.xx - x * x) / n
        xt = (n * one.moments.xt - x * t) / n
        tt = (n * sat.tt - t * t) / n
        left = sat.total - one.marks
        products += (xt - xx) / (one.marks * left)
        own += xx / one.marks**2
        rest += (tt - 2 * xt + xx) / left**2
    if own <= 0 or rest <= 1e-15:
        return None
    return max(-1.0, min(1.0, products / sqrt(own * rest)))


def thirds(asked: Sequence[Asked], forms: Mapping[int, Sat]) -> tuple[Group, ...]:
    apart = [one for one in asked if _cuts(forms[one.form]).thirds]
    if not apart:
        return ()
    found = []
    for bands in THIRDS:
        people = sum(forms[one.form].bands[band] for one in apart for band in bands)
        possible = sum(one.marks * sum(forms[one.form].bands[band] for band in bands) for one in apart)
        chosen: Counter[str] = Counter()
        for one in apart:
            for (band, option), number in one.choices.items():
                chosen[option] += number if band in bands else 0
        answered = sum(one.answered[band] for one in apart for band in bands)
        got = sum(one.got[band] for one in apart for band in bands)
        found.append(Group(people, got / possible if possible else 0.0,
                           {option: number / people for option, number in sorted(chosen.items())} if people else {},
                           1 - answered / people if people else 0.0))
    return tuple(found)


def _cuts(sat: Sat) -> Cuts:
    assert sat.cuts is not None  # noqa: S101 - set as soon as the scores are known
    return sat.cuts
