"""Whose work the bank is, where more than its pages have to know."""

from __future__ import annotations

from quizapp.kernel.roles import Role

BUILDERS = (Role.EXAM_ADMIN, Role.EDITOR)
WRITERS = (Role.EDITOR, Role.REVIEWER)
