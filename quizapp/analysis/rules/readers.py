"""Who may read analyses: they show keys, and what became of them."""

from __future__ import annotations

from quizapp.kernel.roles import Role

READERS = (Role.EXAM_ADMIN, Role.EDITOR, Role.REVIEWER)
