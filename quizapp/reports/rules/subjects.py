"""How well each subject was answered: marks reached of the marks that could be had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quizapp.kernel.rates import Interval, Rate, wilson


@dataclass(frozen=True, slots=True)
class Share:
    """Marks in hundredths, of how many people and how many different questions."""

    got: int = 0
    possible: int = 0
    people: int = 0
    questions: int = 0

    @property
    def rate(self) -> Rate:
        """得分率 = marks reached ÷ marks that could be had."""
        return Rate(self.got, self.possible)

    @property
    def interval(self) -> Interval | None:
        """Where the rate would lie over all questions of the subject.

        The people are all there, so no sample; the questions are one of the subject. Each question is one observation,
        and the interval is on the wide side (see kernel.rates.wilson).
        """
        return wilson(self.got / self.possible, self.questions) if self.possible else None


def added(shares: Iterable[Share]) -> Share:
    """Shares of different people, or of different questions put to the same people, as one."""
    parts = list(shares)
    return Share(sum(p.got for p in parts), sum(p.possible for p in parts), max((p.people for p in parts), default=0),
                 sum(p.questions for p in parts))


@dataclass(frozen=True, slots=True)
class SubjectShare:
    code: str
    name: str
    name_en: str
    share: Share

    def standing(self, overall: Share) -> str:
        """strong or weak where the whole interval lies on one side of the rate over all subjects, else even."""
        interval, middle = self.share.interval, overall.rate.percent
        if interval is None or middle is None:
            return "even"
        return "weak" if interval.high < middle else "strong" if interval.low > middle else "even"


def weak_ones(shares: Iterable[SubjectShare], overall: Share) -> list[SubjectShare]:
    """Those that stand weak beside the whole, the weakest first."""
    return [one for one in weakest_first(shares) if one.standing(overall) == "weak"]


def weakest_first(shares: Iterable[SubjectShare]) -> list[SubjectShare]:
    return sorted(shares, key=lambda one: (one.share.rate.percent is None, one.share.rate.percent or 0, one.code))
