"""Who hears of a new version that a regrade has made: once each, on their home page until they confirm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals.rules import Said
from quizapp.exams import queries as exams
from quizapp.filings import queries
from quizapp.filings.models import FilingVersion
from quizapp.i18n import N_
from quizapp.marking.regrading import Regraded
from quizapp.marking.telling import Link, tell

HANDED_IN = N_("《%(title)s》有试题更正，你上报过的 %(numbers)s 有了新版")
OF_UNITS = N_("《%(title)s》有试题更正，上报件 %(numbers)s 有了新版，你负责的单位有数字或者人员的结果不同了")
LOOK = N_("看上报件")


def tell_of_versions(session: Session, done: Regraded, made: Sequence[FilingVersion], reasons: Sequence[str]) -> None:
    """Liaisons whose units stand in the filing otherwise than before, and the administrators who handed it in (`reasons`:
    of the versions that a person handed in). One notice to a person, however many filings there are."""
    if made:
        title = exams.get(session, done.exam_id).title
        tell(session, done.exam_id, _told(session, done, title, made, reasons), now=done.now)


def _told(
    session: Session, done: Regraded, title: str, made: Sequence[FilingVersion], reasons: Sequence[str]
) -> Iterator[tuple[int, Said, Link]]:
    moved = {version.filing_id: frozenset(version.difference.get("units", ())) for version in made}
    numbers = queries.numbers(session, list(moved))
    found: dict[int, tuple[str, set[int]]] = {}
    for one in queries.concerned(session, list(moved), reasons, clock.to_local(done.now).date()):
        filings = {one.filing_id} if one.filing_id else {number for number, units in moved.items() if one.unit_id in units}
        if filings:
            said, before = found.get(one.person_id, (OF_UNITS, set()))
            found[one.person_id] = HANDED_IN if one.filing_id else said, before | filings
    for person_id, (said, filings) in found.items():
        link = Link("filings.filing", {"filing_id": min(filings)}, LOOK) if len(filings) == 1 else Link("filings.filings", {}, LOOK)
        yield person_id, Said(said, {"title": title, "numbers": "、".join(sorted(numbers[one] for one in filings))}), link
