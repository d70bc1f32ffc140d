"""What the pages about proposals may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from quizapp.approvals.forms import RefusalForm
from quizapp.approvals.models import Proposal
from quizapp.approvals.queries import Entry
from quizapp.approvals.rules import STATES, TAGS, TERMS, Line, unpacked_line
from quizapp.approvals.wording import say
from quizapp.i18n import _
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class SpokenLine:
    """A line in the reader's language."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class InboxPage(Page):
    """What waits for the reader, and what the reader proposed. `called`: what each is about, by its id."""

    template: ClassVar[str] = "approvals/inbox.html"
    section: ClassVar[str] = "approvals"
    styles: ClassVar[tuple[str, ...]] = ("page-approvals",)

    waiting: Sequence[Entry]
    mine: Sequence[Entry]
    called: Mapping[UUID, str]
    at: datetime
    names: Mapping[str, str] = field(default_factory=lambda: {kind.value: terms.name for kind, terms in TERMS.items()})
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    tags: Mapping[str, str] = field(default_factory=lambda: TAGS)


@dataclass(frozen=True)
class ProposalPage(Page):
    """One proposal. `stale`: why agreement would not do it any more; `why_not`: why this reader cannot decide, or
    empty; `seconds`: who could, for its proposer; `called`: what it is about; `address`: the page of its object, where the reader may open it."""

    template: ClassVar[str] = "approvals/show.html"
    section: ClassVar[str] = "approvals"
    styles: ClassVar[tuple[str, ...]] = ("page-approvals",)

    entry: Entry
    name: str
    called: str
    state: str
    lines: Sequence[SpokenLine]
    outcome: str
    stale: str
    mine: bool
    why_not: str
    seconds: Sequence[str]
    address: str
    form: RefusalForm
    problem: str
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    tags: Mapping[str, str] = field(default_factory=lambda: TAGS)


def spoken(lines: Sequence[Line]) -> list[SpokenLine]:
    return [SpokenLine(_(line.name), say(line.before), say(line.after)) for line in lines]


def kept_lines(proposal: Proposal) -> list[SpokenLine]:
    """As they stood when it was proposed, or done."""
    return spoken([unpacked_line(line) for line in proposal.shown])
