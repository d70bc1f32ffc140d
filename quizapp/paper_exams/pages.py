"""What the pages about exams on paper may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quizapp.exams.models import Exam
from quizapp.paper_exams.forms import UploadForm
from quizapp.paper_exams.rules import Candidate, Line, Trial
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class UploadPage(Page):
    """Template and upload, with how far the results are registered. `closed` says why nothing can be registered."""

    template: ClassVar[str] = "paper_exams/upload.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-plans",)

    exam: Exam
    form: UploadForm
    problem: str
    closed: str
    expected: int
    registered: int
    total: Decimal


@dataclass(frozen=True)
class ProblemView:
    row: int
    column: str
    cell: str
    sentence: str


@dataclass(frozen=True)
class TrialPage(Page):
    """What a sheet would do, before anything is written. `upload_id` is empty when there is nothing to write."""

    template: ClassVar[str] = "paper_exams/trial.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-plans",)

    exam: Exam
    file_name: str
    trial: Trial
    problems: Sequence[ProblemView]
    problem_count: int
    writes: Sequence[Line]
    more: int
    unlisted: Sequence[Candidate]
    upload_id: str
