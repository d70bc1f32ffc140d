"""The roles of the product. Everybody with an account is a candidate; these come on top."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person may hold beside being a candidate, which everybody is."""

    LIAISON = "liaison"
    EXAM_ADMIN = "exam_admin"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.LIAISON: "单位联络员",
    Role.EXAM_ADMIN: "考试管理员",
    Role.EDITOR: "命题员",
    Role.REVIEWER: "审题人（公职律师）",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
}

REPORT_READERS = (Role.EXAM_ADMIN, Role.LIAISON, Role.AUDITOR)
"""Who reads figures of people: reports, filings, law coverage; each within the own units."""
BANK_READERS = (Role.EXAM_ADMIN, Role.EDITOR, Role.REVIEWER)
"""Who reads items with their keys, and what became of them."""
