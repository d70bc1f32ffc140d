"""What the receipt says about sealed files of the attempt, and whether one may still be handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from quizapp.attempts.models import SealedFile
from quizapp.i18n import N_, _

STATES = {
    "waiting": N_("等待考试管理员决定，还没有计入成绩"),
    "approved": N_("等待考试管理员决定，还没有计入成绩"),
    "accepted": N_("已采纳，成绩和回执码已重新计算"),
    "refused": N_("已退回，没有计入成绩"),
}


@dataclass(frozen=True)
class Line:
    """One file: when it came, how it stands, and why it was sent back."""

    uploaded_at: datetime
    state: str
    words: str
    reason: str


@dataclass(frozen=True)
class SealedFiles:
    """`closed`: why none can be handed in any more, or empty. `problem`: what was wrong with the one just sent."""

    lines: tuple[Line, ...] = ()
    closed: str = ""
    problem: str = ""

    @classmethod
    def of(cls, files: Sequence[SealedFile], closed: str, problem: str) -> SealedFiles:
        lines = [Line(file.uploaded_at, file.state, _(STATES[file.state]), file.reason) for file in files]
        return cls(tuple(lines), closed, problem)
