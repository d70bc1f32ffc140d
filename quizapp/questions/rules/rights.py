"""Whose work the bank is, where more than its pages have to know."""

from __future__ import annotations

from dataclasses import replace

from quizapp.kernel.rights import Right
from quizapp.kernel.roles import Role

BUILDERS = (Role.EXAM_ADMIN, Role.EDITOR)
WRITERS = (Role.EDITOR, Role.REVIEWER)
_DECIDED = "这道题已经审过了"
# a version of an item that waits: who proposed it and who wrote it
DECIDE = Right(own="这道题是你提交的，要由另一个人审；编和审不能是同一个人", states={"accepted": _DECIDED, "rejected": _DECIDED})
BY_REVIEWER = replace(DECIDE, roles=frozenset({Role.REVIEWER}), no_role="由审题人（公职律师）决定")
