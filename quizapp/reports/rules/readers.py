"""Who may read reports."""

from __future__ import annotations

from quizapp.kernel.roles import Role

READERS = (Role.EXAM_ADMIN, Role.LIAISON, Role.AUDITOR)
