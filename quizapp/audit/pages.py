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
    outcomes: list[tuple[str, str]]
    units: list[tuple[int, str]]
    begins_at: int | None


@dataclass(frozen=True)
class EventPage(Page):
    template: ClassVar[str] = "audit/event.html"
    styles: ClassVar[tuple[str, ...]] = ("page-people",)
    section: ClassVar[str] = "audit"

    event: AuditEvent
    action: str
    actor_name: str
    object_label: str
    changed: list[tuple[str, str, str]]
    detail: list[tuple[str, str]]
    outcome: str
    refused: bool
    holds: bool
    earlier: int | None
    later: int | None
