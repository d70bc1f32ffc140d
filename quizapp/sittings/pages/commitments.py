"""Commitments as everybody may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from quizapp.audit.models import AuditEvent
from quizapp.exams.models import Commitment, Exam
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class Committed:
    """An exam with what was committed to; None where an earlier release published it."""

    exam: Exam
    made: Commitment | None


@dataclass(frozen=True)
class CommitmentsPage(Page):
    template: ClassVar[str] = "sittings/commitments.html"
    styles: ClassVar[tuple[str, ...]] = ("page-integrity",)

    lines: Sequence[Committed]


@dataclass(frozen=True)
class CommitmentPage(Page):
    """`event`: where the audit chain holds the commitment. `file`: what the download is called; empty while it is
    kept back. `holds`: whether what is in the tables now is what was committed to, as far as it is open."""

    template: ClassVar[str] = "sittings/commitment.html"
    styles: ClassVar[tuple[str, ...]] = ("page-integrity",)
    modules: ClassVar[tuple[str, ...]] = ("copy",)

    exam: Exam
    made: Commitment
    event: AuditEvent | None
    file: str
    size: int
    holds: bool
