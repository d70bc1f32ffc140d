"""What the pages about certificates and law-study files may use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from quizapp import clock
from quizapp.approvals.rules import unpacked
from quizapp.approvals.wording import say
from quizapp.kernel.rates import show_marks
from quizapp.records.models import Certificate
from quizapp.records.queries import StudyRow
from quizapp.records.rules import shown_code
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class StudyFilePage(Page):
    """`own`: whether the reader is the person. `whose`, `unit`: who it is about; `certificates`: all, revoked ones too."""

    template: ClassVar[str] = "records/study_file.html"
    section: ClassVar[str] = "study_file"
    styles: ClassVar[tuple[str, ...]] = ("page-records",)

    own: bool
    whose: str
    unit: str
    rows: Sequence[StudyRow]
    certificates: Sequence[Certificate]
    why: dict[str, str]


@dataclass(frozen=True)
class CertificatePage(Page):
    """One certificate to print. `why`: why it was revoked, or empty; `address`: where anybody verifies it."""

    template: ClassVar[str] = "records/certificate.html"
    section: ClassVar[str] = "study_file"
    styles: ClassVar[tuple[str, ...]] = ("page-records",)

    certificate: Certificate
    score: str
    code: str
    address: str
    why: str
    issued_on: date


@dataclass(frozen=True)
class VerifyPage(Page):
    """Verification by number and code. `asked`: whether somebody asked; `found`: nothing but what the paper says."""

    template: ClassVar[str] = "records/verify.html"
    styles: ClassVar[tuple[str, ...]] = ("page-records",)

    number: str
    code: str
    asked: bool
    found: Certificate | None
    score: str
    why: str
    issued_on: date | None


def why_revoked(certificate: Certificate) -> str:
    """The reason in the reader's language, empty for a valid one."""
    if certificate.revoked_at is None or not certificate.revoked_why:
        return ""
    return say(unpacked(json.loads(certificate.revoked_why)))


def certificate_page(certificate: Certificate, address: str) -> CertificatePage:
    return CertificatePage(certificate, show_marks(certificate.score), shown_code(certificate.code), address, why_revoked(certificate),
                           issued_on(certificate))


def issued_on(certificate: Certificate) -> date:
    return clock.to_local(certificate.issued_at).date()
