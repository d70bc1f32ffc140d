"""`quizapp audit verify`: whether everything is still as it was left.

The record proves its own chain and its heads. Every feature above registers what it can prove besides; each check
hears the events of its acts while the chain is walked, and reads its tables afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from quizapp.audit import cutting, heads, queries
from quizapp.audit.rules import Link, Start, first_break
from quizapp.audit.signing import seal

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was left. `kind` is a word for programs, `where` and `what` are for people."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what}"


class Check:
    """One part of what is proved, made anew for every run. `actions`: the acts that it wants to hear of."""

    actions: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        self.looked_at: Counter[str] = Counter()
        self.remarks: list[str] = []

    def hear(self, event: Link) -> None:
        """An event of one of its acts, in the order of the chain."""

    def findings(self, session: Session) -> Iterator[Finding]:
        """What does not agree, once all events have been heard."""
        return iter(())

    def receipt(self, session: Session, claimed: dict[str, Any]) -> Iterator[Finding | str]:
        """What is wrong with a receipt that somebody shows, and sentences on what was found right."""
        return iter(())


CHECKS: list[type[Check]] = []


def proves(check: type[Check]) -> type[Check]:
    """Register a check; they run in the order of the features."""
    CHECKS.append(check)
    return check


@dataclass
class Report:
    """`findings` are the first so many of `count`; `remarks` are no faults, but have to be said."""

    events: int
    head: str
    first_broken: int | None = None
    heads: int = 0
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    looked_at: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.count == 0

    def take(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.count += 1
            if len(self.findings) < SHOWN:
                self.findings.append(finding)


def recorded_heads(folder: Path, public_key: str) -> list[heads.Line]:
    """The lines of the heads file. Read them before the moment of the database that is looked at: a head is
    written after its events, so an older file never knows more than a newer database."""
    return list(heads.read(folder, public_key))


def verify(session: Session, lines: Iterable[heads.Line], claimed: dict[str, Any] | None = None) -> Report:
    """Everything, on a session that sees one moment. `claimed`: a receipt to be proved with it."""
    checks = [check() for check in CHECKS]
    report = Report(*_head(session))
    start = _start(session, report)
    links = _Heard(queries.chain(session), checks, lines, start)
    report.first_broken = first_break(iter(links), number=report.events, digest=report.head, start=start)
    for _rest in links:
        pass  # the checks hear what comes after a break as well
    if report.first_broken is not None:
        report.take([Finding("chain", f"审计链第 {report.first_broken} 条", "与前面的记录接不上，这一条或者它前面的记录被改动过")])
    report.heads = len(links.lines)
    report.take(links.disagreeing())
    for check in checks:
        report.take(check.findings(session))
        report.looked_at.update(check.looked_at)
        report.remarks += check.remarks
        for said in check.receipt(session, claimed) if claimed else ():
            if isinstance(said, Finding):
                report.take([said])
            else:
                report.remarks.append(said)
    return report


def needed_acts() -> frozenset[str]:
    """The acts whose events prove something besides themselves: a cut leaves them."""
    return frozenset().union(*(check.actions for check in CHECKS))


def _start(session: Session, report: Report) -> Start:
    """Where the chain begins. A cut that the installation has not signed is believed in nothing."""
    cut = queries.cut(session)
    if cut is None:
        return Start()
    if not cutting.is_signed(cut, seal().public_key):
        report.take([Finding("cut", f"审计链在第 {cut.number} 条的截断记录", "不是本平台的密钥签的：记录被改动过，或者是别人截的")])
        return Start()
    report.remarks.append(f"审计链第 {cut.number} 条以前的记录已按保存期限截断，留下其中 {cut.kept} 条作证，截断记录有签名")
    return cutting.start_of(cut)


def _head(session: Session) -> tuple[int, str]:
    found = queries.head(session)
    return found.number, found.digest


class _Heard:
    """The chain as it is walked, once: passes events on to the checks and compares the heads on the way."""

    def __init__(self, links: Iterator[Link], checks: list[Check], lines: Iterable[heads.Line], start: Start) -> None:
        self.lines = list(lines)
        self._links = self._walk(links, checks)
        self._waiting: dict[int, list[heads.Line]] = {}
        self._wrong = [line for line in self.lines if line.problem]
        self._other: list[heads.Line] = []
        for line in self.lines:
            if not line.problem and start.number and line.number == start.number and line.digest != start.digest:
                self._other.append(line)
            elif not line.problem and line.number > start.number:  # what was cut off can be compared no more
                self._waiting.setdefault(line.number, []).append(line)

    def __iter__(self) -> Iterator[Link]:
        return self._links

    def _walk(self, links: Iterator[Link], checks: list[Check]) -> Iterator[Link]:
        by_action: dict[object, list[Check]] = {}
        for check in checks:
            for action in check.actions:
                by_action.setdefault(action, []).append(check)
        for link in links:
            for check in by_action.get(link.fields["action"], ()):
                try:
                    check.hear(link)
                except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
                    continue  # facts of another shape: edited, and the chain says so
            for line in self._waiting.pop(link.number, ()):
                if line.digest != link.digest:
                    self._other.append(line)
            yield link

    def disagreeing(self) -> Iterator[Finding]:
        """Heads that the chain does not lead to; asked when the chain has been walked."""
        for line in self._wrong:
            yield Finding("heads", f"链头文件第 {line.place} 行", line.problem)
        for line in self._other:
            yield Finding("heads", f"链头文件第 {line.place} 行",
                          f"那时审计链第 {line.number} 条的哈希是 {line.digest[:16]}…，现在不是：这一条或者它前面的记录被改写过")
        for number in sorted(self._waiting):
            yield Finding("heads", f"链头文件第 {self._waiting[number][0].place} 行",
                          f"那时审计链已有 {number} 条，现在没有这么多：末尾的记录被删掉了")
