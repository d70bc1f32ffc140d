"""What the pages of the record may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from quizapp.audit.models import AuditEvent
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class EventsPage(Page):
    template: ClassVar[str] = "audit/events.html"
    styles: ClassVar[tuple[str, ...]] = ("page-people",)
    section: ClassVar[str] = "audit"

    table: Table[AuditEvent]
    typed: dict[str, str]
    problem: str
    filtered: bool
    actions: list[tuple[str, str]]
    object_types: list[tuple[str, str]]


@dataclass(frozen=True)
class EventPage(Page):
    template: ClassVar[str] = "audit/event.html"
    styles: ClassVar[tuple[str, ...]] = ("page-people",)
    section: ClassVar[str] = "audit"

    event: AuditEvent
    action: str
    object_label: str
    detail: list[tuple[str, str]]
    holds: bool
    earlier: int | None
    later: int | None
