"""What the pages on which time is given may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from quizapp.approvals.queries import Standing
from quizapp.exams.models import Accommodation, Exam
from quizapp.sittings.forms.giving import (
    AccommodationForm,
    ExtensionForm,
    FindForm,
    PostponementForm,
    ReasonForm,
)
from quizapp.sittings.queries.giving import Candidate, Given, Granted
from quizapp.sittings.rules.board import STAGE_NAMES, STAGE_TAGS, Stage
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class SittingPage(Page):
    """What all of them have in common."""

    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-sittings",)

    exam: Exam


@dataclass(frozen=True)
class TimeNow:
    """The attempt of one person, as their time stands. `left`: minutes of work; `break_left`: minutes of break."""

    stage: Stage
    number: int
    started_at: datetime
    deadline_at: datetime
    finished_at: datetime | None
    left: int
    break_left: int


@dataclass(frozen=True)
class PersonPage(SittingPage):
    """One person: how their time stands, and the two ways to give more. `second`, `proposed`: as on ExtensionPage."""

    template: ClassVar[str] = "sittings/person.html"

    candidate: Candidate
    time: TimeNow | None
    accommodation: Accommodation | None
    extensions: list[Given]
    extension_form: ExtensionForm
    accommodation_form: AccommodationForm
    extension_problem: str
    accommodation_problem: str
    own: bool
    settled: bool
    second: bool
    proposed: Standing | None
    stage_names: Mapping[Stage, str] = field(default_factory=lambda: STAGE_NAMES)
    stage_tags: Mapping[Stage, str] = field(default_factory=lambda: STAGE_TAGS)


@dataclass(frozen=True)
class AccommodationsPage(SittingPage):
    template: ClassVar[str] = "sittings/accommodations.html"

    table: Table[Granted]
    any_granted: bool
    form: FindForm
    problem: str


@dataclass(frozen=True)
class ExtensionPage(SittingPage):
    """For everybody who is working. `sure`: the numbers are shown once more before it counts; `second`: it waits for
    another person; `proposed`: what waits already."""

    template: ClassVar[str] = "sittings/extension.html"

    form: ExtensionForm
    problem: str
    working: int
    waiting: int
    before: list[Given]
    sure: bool
    new_end: datetime | None
    second: bool
    proposed: Standing | None


@dataclass(frozen=True)
class PausePage(SittingPage):
    """Pausing, or letting the clocks run on where they stand. `paused_for`: minutes so far."""

    template: ClassVar[str] = "sittings/pause.html"

    form: ReasonForm
    problem: str
    working: int
    waiting: int
    paused_for: int


@dataclass(frozen=True)
class PostponementPage(SittingPage):
    template: ClassVar[str] = "sittings/postponement.html"

    form: PostponementForm
    problem: str
    expected: int
