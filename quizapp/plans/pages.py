"""What the pages of plans may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from quizapp.approvals.asking import WhyForm
from quizapp.approvals.queries import Standing
from quizapp.plans.forms import AdoptForm, UploadForm
from quizapp.plans.models import Plan, SourceReport
from quizapp.plans.rules.coverage import SubjectStock
from quizapp.plans.rules.highlight import Piece
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class PlanLine:
    plan: Plan
    file_name: str
    undecided: int


@dataclass(frozen=True)
class Place:
    """Words of the report: before, the literal itself, after; and where they stand."""

    before: str
    literal: str
    after: str
    paragraph: int
    character: int


@dataclass(frozen=True)
class FactView:
    """One fact with its proof and the choice made on it. `why` says what was read into the words."""

    id: int
    number: int
    label: str
    kind: str
    unit: str
    value: str
    proposed: str
    details: str
    places: Sequence[Place]
    interpreted: bool
    why: str
    by_hand: bool
    choice: str
    typed: str
    error: str


@dataclass(frozen=True)
class MissingView:
    """A figure that the report does not say, or the place for further entries of a group."""

    name: str
    label: str
    kind: str
    unit: str
    single: bool
    typed: str
    error: str


@dataclass(frozen=True)
class GroupView:
    name: str
    label: str
    facts: Sequence[FactView]
    missing: Sequence[MissingView]


@dataclass(frozen=True)
class PlansPage(Page):
    template: ClassVar[str] = "plans/plans.html"
    section: ClassVar[str] = "plans"
    styles: ClassVar[tuple[str, ...]] = ("page-plans",)

    lines: Sequence[PlanLine]
    form: UploadForm
    accept: str
    problem: str
    offer_demo: bool


@dataclass(frozen=True)
class AdoptPage(Page):
    """A report that cannot become a draft by itself: its year is unknown, or the year has a plan."""

    template: ClassVar[str] = "plans/adopt.html"
    section: ClassVar[str] = "plans"
    styles: ClassVar[tuple[str, ...]] = ("page-plans",)

    report: SourceReport
    form: AdoptForm
    problem: str
    existing: Plan | None
    existing_file: str


@dataclass(frozen=True)
class PlanPage(Page):
    """Every fact with its proof, to be decided; read only once the plan is confirmed.

    `links` lead from `problem` to the fields that it is about: address on the page, and words. `waiting`: a deletion
    that waits for a second person.
    """

    template: ClassVar[str] = "plans/plan.html"
    section: ClassVar[str] = "plans"
    styles: ClassVar[tuple[str, ...]] = ("page-plans",)
    modules: ClassVar[tuple[str, ...]] = ("plan-review",)

    plan: Plan
    report: SourceReport | None
    law_study: bool
    groups: Sequence[GroupView]
    notes: Sequence[str]
    subjects: Mapping[str, str]
    text: Sequence[Sequence[Piece]]
    numbers: Mapping[int, int]
    facts: int
    undecided: int
    untouched: int
    problem: str
    links: Sequence[tuple[str, str]]
    waiting: Standing | None
    deletion: WhyForm
    deletion_problem: str
    alone: bool


@dataclass(frozen=True)
class CampaignView:
    name: str
    activities: Sequence[str]


@dataclass(frozen=True)
class TitleView:
    title: str
    kind: str
    count: int | None


@dataclass(frozen=True)
class OverviewPage(Page):
    """A confirmed plan in short, and what to do next."""

    template: ClassVar[str] = "plans/overview.html"
    section: ClassVar[str] = "plans"
    styles: ClassVar[tuple[str, ...]] = ("page-plans",)

    plan: Plan
    report: SourceReport | None
    confirmed_by: str
    figures: Mapping[str, str]
    stock: Sequence[SubjectStock]
    types: Sequence[tuple[str, str]]
    type_names: Mapping[str, str]
    campaigns: Sequence[CampaignView]
    titles: Sequence[tuple[str, Sequence[TitleView]]]
    shortcomings: Sequence[str]
    in_bank: int
