"""Sentences about proposals in the reader's language."""

from __future__ import annotations

from datetime import datetime

from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Said, unpacked
from quizapp.i18n import _, show_time


def say(said: Said) -> str:
    """Moments as the reader's language writes them."""
    values = {name: show_time(value) if isinstance(value, datetime) else value for name, value in said.values.items()}
    return _(said.message, **values) if values else _(said.message)


def outcome_of(proposal: Proposal) -> str:
    """What was done, or why it lapsed; empty before."""
    return say(unpacked(proposal.outcome)) if proposal.outcome else ""


def told(proposal: Proposal) -> str:
    """What the proposer is told at once."""
    if proposal.alone:
        return _("%(what)s（本平台没有启用两人规则，由你一人办理）", what=outcome_of(proposal))
    return _("已提出，另一人同意以后才办理")
