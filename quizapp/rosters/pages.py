"""What the pages about applications and rosters may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from quizapp.exams.models import Exam
from quizapp.exams.queries import RosterRow
from quizapp.exams.rules import STATUS_NAMES
from quizapp.rosters.forms import ACCEPTED, AskForm, DecisionForm, LateForm, NewReasonForm, WhyForm
from quizapp.rosters.models import ExcuseReason
from quizapp.rosters.queries import CaseRow, ChangeRow, History
from quizapp.rosters.rules import (
    ACT_NAMES,
    CAPACITY_NAMES,
    KIND_NAMES,
    MAX_BYTES,
    MAX_FILES,
    STATE_NAMES,
    STATE_TAGS,
)
from quizapp.rosters.service import Problem
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class Words:
    """The names of states and acts, for templates to translate."""

    kinds: Mapping[str, str] = field(default_factory=lambda: KIND_NAMES)
    states: Mapping[str, str] = field(default_factory=lambda: STATE_NAMES)
    tags: Mapping[str, str] = field(default_factory=lambda: STATE_TAGS)
    acts: Mapping[str, str] = field(default_factory=lambda: ACT_NAMES)
    capacities: Mapping[str, str] = field(default_factory=lambda: CAPACITY_NAMES)
    statuses: Mapping[str, str] = field(default_factory=lambda: STATUS_NAMES)
    accepted: str = ACCEPTED
    most_files: int = MAX_FILES
    most_mb: int = MAX_BYTES // 1024 // 1024


@dataclass(frozen=True)
class CasesPage(Page):
    """Applications within reach: those that are open, or all of them."""

    template: ClassVar[str] = "rosters/cases.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-rosters",)

    table: Table[CaseRow]
    every: bool
    may_manage: bool


@dataclass(frozen=True)
class CasePage(Page):
    """One application. `own`: the reader cannot decide on it; `blocked`: why it cannot be granted any more."""

    template: ClassVar[str] = "rosters/case.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-rosters",)

    history: History
    own: bool
    may_consent: bool
    may_decide: bool
    waits: bool
    may_withdraw: bool
    blocked: str
    form: DecisionForm
    problem: str
    words: Words = Words()


@dataclass(frozen=True)
class EntryPage(Page):
    """One person on a roster, and what may be done about them. `closed`: why nothing can be applied for."""

    template: ClassVar[str] = "rosters/entry.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-rosters",)

    exam: Exam
    row: RosterRow
    histories: Sequence[History]
    closed: str
    own: bool
    may_ask: bool
    may_manage: bool
    may_restore: bool
    may_remove: bool
    form: AskForm
    why: WhyForm
    problem: str
    refused: str
    words: Words = Words()


@dataclass(frozen=True)
class OwnPage(Page):
    """A person's own applications for one exam."""

    template: ClassVar[str] = "rosters/own.html"
    section: ClassVar[str] = "my_exams"
    styles: ClassVar[tuple[str, ...]] = ("page-rosters",)

    exam: Exam
    status: str
    histories: Sequence[History]
    closed: str
    form: AskForm
    problem: str
    words: Words = Words()


@dataclass(frozen=True)
class ReasonsPage(Page):
    template: ClassVar[str] = "rosters/reasons.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-rosters",)

    reasons: Sequence[ExcuseReason]
    form: NewReasonForm
    problem: str
    words: Words = Words()


@dataclass(frozen=True)
class LatePage(Page):
    template: ClassVar[str] = "rosters/late.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-rosters",)

    exam: Exam
    form: LateForm
    problem: str
    problems: Sequence[Problem]
    changes: Sequence[ChangeRow]
    closed: str
    most: int
