"""Putting receipts into the audit chain, a hundred with one event."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from quizapp.attempts import evidence
from quizapp.attempts.evidence import Evidence
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.seals import as_detail, in_order
from quizapp.audit import service as audit
from quizapp.audit.signing import seal
from quizapp.kernel import merkle

ACT = "seal_receipts"


def seal_receipts(session: Session, found: Sequence[Evidence]) -> int:
    """Write the receipts of these finished attempts into the chain; how many. They are read beforehand, so that
    nobody waits for it; what another worker has sealed meanwhile is left out.

    The attempts are held before the chain is: a regrade does it in this order too, and neither waits for the other.
    """
    still = evidence.hold_unsealed(session, found)
    rows = [one for one in found if (one.id, one.attempt["receipt"], one.attempt["finished_at"]) in still]
    if not rows:
        return 0
    leaves = in_order([one.leaf() for one in rows])
    event = audit.record(session, ACT, "receipts", len(leaves), detail={
        "root": merkle.root([leaf.entry() for leaf in leaves]).hex(), "key": seal().public_key,
        "receipts": as_detail(leaves),
    })
    table = Attempt.__table__
    session.connection().execute(
        update(table).values(sealed_by=event.number)  # type: ignore[arg-type]
        .where(table.c.candidate_id == bindparam("owner"), table.c.id == bindparam("attempt")),
        [{"owner": one.attempt["candidate_id"], "attempt": one.id} for one in rows],
    )
    return len(rows)
