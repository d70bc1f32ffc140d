"""How long each class of data is kept, and the bounds of what an installation may choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from quizapp.kernel.errors import InputError

LOGS_AT_LEAST = 6  # months; 网络安全法: 网络日志不少于六个月 (art. 21 no. 3 of the text of 2016)
MONTH = timedelta(days=31)  # the longest there is, so that a period is never shorter than it says
LINKS = timedelta(days=30)  # after they were used or ran out


@dataclass(frozen=True)
class Periods:
    """Months for `logs` (sign-ins and failed tries), `audit` (the audit record) and `jobs`.

    Raises InputError for less than the law allows, and for an audit record that would go before the logs.
    """

    logs: int = 12
    audit: int = 60
    jobs: int = 12

    def __post_init__(self) -> None:
        for name, months in (("QUIZAPP_KEEP_LOGS", self.logs), ("QUIZAPP_KEEP_AUDIT", self.audit),
                             ("QUIZAPP_KEEP_JOBS", self.jobs)):
            if months < LOGS_AT_LEAST:
                raise InputError(
                    "%(name)s 是 %(n)s 个月，网络日志依法至少保存 6 个月，请改成 6 或者更大的数", name=name, n=months
                )
        if self.audit < self.logs:
            raise InputError("QUIZAPP_KEEP_AUDIT 不能小于 QUIZAPP_KEEP_LOGS：审计记录不能比登录记录先删")

    def limit(self, months: int, now: datetime) -> datetime:
        """What happened before this moment is over time."""
        return now - months * MONTH


def read(texts: dict[str, str]) -> Periods:
    """Periods from the environment's texts: `logs`, `audit`, `jobs`; empty ones are as they come."""
    given: dict[str, int] = {}
    for name, text in texts.items():
        if not text:
            continue
        if not text.isascii() or not text.isdigit() or len(text) > 4:
            raise InputError("QUIZAPP_KEEP_%(name)s 是 %(text)s，要写几个月，例如 12", name=name.upper(), text=text)
        given[name] = int(text)
    return Periods(**given)
