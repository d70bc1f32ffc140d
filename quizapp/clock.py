"""The only source of time. Stored in UTC, shown in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present date in Shanghai: the day on which a law is in force and an exam is held."""
    return now().astimezone(SHANGHAI).date()


def from_local(value: datetime) -> datetime:
    """A naive wall-clock time typed in Shanghai, as an aware UTC moment."""
    return value.replace(tzinfo=SHANGHAI).astimezone(UTC)


def to_local(value: datetime) -> datetime:
    return value.astimezone(SHANGHAI)
