"""What a reader of the record looks for, as the address carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from quizapp import clock
from quizapp.audit.queries import Filters
from quizapp.audit.rules import storable
from quizapp.i18n import _

FIELDS = ("actor", "action", "object", "number", "since", "until", "address", "outcome", "unit")


@dataclass(frozen=True)
class FilterForm:
    """The texts as typed, what they mean, and one sentence where a date cannot be read."""

    typed: dict[str, str]
    filters: Filters
    problem: str

    @property
    def active(self) -> bool:
        return any(self.typed.values())

    @classmethod
    def read(cls, args: Mapping[str, str]) -> FilterForm:
        """From the address. A date that is none is said and left out."""
        typed = {name: storable(args.get(name, "").strip(), 200) for name in FIELDS}
        since, bad_since = _day(typed["since"])
        until, bad_until = _day(typed["until"])
        problem = ""
        if bad_since or bad_until:
            problem = _("日期要写成 2026-11-25 这样的形式，请改正后再查")
        elif since and until and until < since:
            problem = _("结束日期早于起始日期，请改正后再查")
        after = until + timedelta(days=1) if until and until < date.max else None
        filters = Filters(typed["actor"], typed["action"], typed["object"], typed["number"],
                          _midnight(since), _midnight(after), typed["address"], typed["outcome"], _number(typed["unit"]))
        return cls(typed, filters, problem)


def _number(text: str) -> int:
    """The number of a unit; 0 for a text that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _day(text: str) -> tuple[date | None, bool]:
    """The date and whether the text is not empty and yet none."""
    try:
        return (date.fromisoformat(text) if text else None), False
    except ValueError:
        return None, True


def _midnight(day: date | None) -> datetime | None:
    """The first moment of that day in Shanghai. Days that no calendar reaches are as good as none."""
    if day is None or not 1900 < day.year < 9000:
        return None
    return clock.from_local(datetime.combine(day, time()))
