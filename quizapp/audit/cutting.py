"""Removing the old end of the chain, so that what is left can still be proved.

The chain is proved first up to the place of the cut: what somebody has tampered with is never thrown away. Events
that prove something which still exists stay where they are. A record of the cut, signed with the installation's seal,
holds the number and the hash of the last event before the rest, and a digest of the events that stay.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit import queries, service
from quizapp.audit.models import AuditCut, AuditEvent
from quizapp.audit.rules import Link, Start, canonical, digest_of, first_break
from quizapp.audit.signing import Seal, verifies
from quizapp.kernel.errors import ConflictError

ACT = "cut_audit"


@dataclass(frozen=True)
class Planned:
    """The events up to `last` are over time: `removed` of them go, the rest stays."""

    last: int
    removed: int


def planned(session: Session, before: datetime, needed: Collection[str]) -> Planned | None:
    """What a cut would do now; None where there is nothing to cut. At least the last event stays."""
    last = min(queries.before(session, before), queries.head(session).number - 1)
    cut = queries.cut(session)
    if last < 1 or (cut is not None and last <= cut.number):
        return None
    going = session.scalar(select(func.count()).select_from(AuditEvent).where(*_going(last, needed))) or 0
    return Planned(last, going) if going else None


def cut(session: Session, before: datetime, needed: Collection[str], seal: Seal) -> int:
    """Remove what happened before the moment, but for the acts `needed`; the number of events removed.

    Raises ConflictError where the chain does not hold up to there: then nothing is removed.
    """
    service.wait_for_turn(session)
    plan = planned(session, before, needed)
    if plan is None:
        return 0
    digest, kept = _proved(session, plan.last, needed, seal)
    session.execute(delete(AuditEvent).where(*_going(plan.last, needed)).execution_options(synchronize_session=False))
    made = AuditCut(number=plan.last, hash=digest, at=clock.now(), kept=len(kept), kept_digest=digest_of(kept),
                    key=seal.public_key, signature="")
    made.signature = seal.sign(signed_text(made.facts))
    session.add(made)
    service.record(session, ACT, "audit", plan.last, detail={
        "number": plan.last, "digest": digest, "removed": plan.removed, "kept": len(kept), "before": before,
    })
    return plan.removed


def _going(last: int, needed: Collection[str]) -> tuple[Any, ...]:
    return AuditEvent.number <= last, AuditEvent.action.notin_(sorted(needed))


def _proved(session: Session, last: int, needed: Collection[str], seal: Seal) -> tuple[str, list[tuple[int, str]]]:
    """The hash of the last event, and numbers and hashes of those that stay."""
    kept: list[tuple[int, str]] = []
    end: list[Link] = []

    def heard() -> Any:
        for link in queries.chain(session, last):
            if link.fields["action"] in needed:
                kept.append((link.number, link.digest))
            end[:] = [link]
            yield link

    before = queries.cut(session)
    if before is not None and not is_signed(before, seal.public_key):
        raise ConflictError("审计链以前的截断记录签名不对，没有截断；请运行 quizapp audit verify")
    links = heard()
    broken = first_break(links, number=last, start=start_of(before))
    for _rest in links:
        pass  # read to its end: the database waits for that
    if broken is not None:
        raise ConflictError("审计链第 %(n)s 条与前面的记录接不上，没有截断；请运行 quizapp audit verify", n=broken)
    return end[0].digest, kept


def start_of(cut: AuditCut | None) -> Start:
    return Start() if cut is None else Start(cut.number, cut.hash, cut.kept, cut.kept_digest)


def signed_text(facts: dict[str, object]) -> str:
    """With a word in front: a signature on a cut must never pass for one on something else."""
    return "quizapp audit cut\n" + canonical(facts)


def is_signed(cut: AuditCut, public_key: str) -> bool:
    return cut.key == public_key and verifies(public_key, signed_text(cut.facts), cut.signature)
