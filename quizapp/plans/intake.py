"""A report file as the plan reads it: its text, its facts, and the subjects under their codes."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quizapp.kernel.documents import read_bytes, read_document
from quizapp.plans.rules import Report, read_report
from quizapp.plans.rules.proposals import proposals
from quizapp.plans.subjects import known_subjects


@dataclass(frozen=True)
class Intake:
    """What is kept of a file. `reading` has the shape of SourceReport.reading."""

    file_name: str
    sha256: str
    text: str
    reading: dict[str, Any]


def report_of(path: Path, bank_path: Path) -> Report:
    """The report at `path`, subjects by name. Raises FileError."""
    return read_report(read_document(path), _terms(bank_path))


def take(name: str, data: bytes, bank_path: Path) -> Intake:
    """A file that was handed in. Raises FileError for what cannot be read."""
    file_name = Path(name.replace("\\", "/")).name[-200:] or "report"
    report = read_report(read_bytes(file_name, data), _terms(bank_path))
    codes = {subject.name: subject.code for subject in known_subjects(bank_path)}
    reading = {
        "agency": report.agency,
        "year": report.year,
        "law_study": report.law_study,
        "notes": [{"message": note.message, "values": dict(note.values)} for note in report.notes],
        "proposals": [asdict(one) for one in proposals(report, codes)],
    }
    # PostgreSQL keeps no NUL, and a place must stay where it is
    return Intake(file_name, hashlib.sha256(data).hexdigest(), report.text.replace("\0", " "), reading)


def _terms(bank_path: Path) -> dict[str, tuple[str, ...]]:
    return {subject.name: subject.terms for subject in known_subjects(bank_path)}
