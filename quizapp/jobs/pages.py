"""What the pages about jobs may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from quizapp.jobs.models import Job
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class JobsPage(Page):
    template: ClassVar[str] = "jobs/index.html"

    table: Table[Job]
    any_job: bool
    everybody: bool


@dataclass(frozen=True)
class JobPage(Page):
    """`facts` is what the JSON address says; the page and its script speak from the same."""

    template: ClassVar[str] = "jobs/show.html"
    modules: ClassVar[tuple[str, ...]] = ("job",)
    styles: ClassVar[tuple[str, ...]] = ("page-jobs",)

    job: Job
    title: str
    facts: dict[str, Any]
    state_tag: str
    ended: bool
