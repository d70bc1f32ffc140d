"""Proposing, agreeing, refusing, withdrawing. Agreement and act are one transaction; every step is on record."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.approvals import queries
from quizapp.approvals.acts import ACTS, Act, Done
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import (
    REASON_CHARS,
    TERMS,
    WORDS_CHARS,
    Kind,
    Said,
    check_second,
    checked_text,
    packed,
    packed_line,
)
from quizapp.audit import service as audit
from quizapp.audit.rules import plain
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, ForbiddenError, NotFoundError, QuizappError

ALREADY = "已经有人提出，正在等另一人同意；可以在“待我同意”里看到"
DECIDED = "这件事已经决定，或者已经撤回，不能再改"


@dataclass(frozen=True)
class By:
    """Who acts, as the record names them."""

    id: int
    name: str
    address: str = ""


def propose(
    session: Session, kind: Kind, params: Mapping[str, Any], reason: str, by: By, *, now: datetime, alone: bool = False
) -> Proposal:
    """Put an act before a second person. `alone`: the installation has switched the rule off, so it is done at once.

    Raises InputError without a reason, ForbiddenError without the right, ConflictError where a proposal waits already
    or the act cannot be done as things stand, and what the act itself raises.
    """
    act = known(kind)
    reason = checked_text(reason, REASON_CHARS, "请写明原因，同意的人会看到")
    _check_proposer(session, act, params, by.id)
    seen: Any = plain(act.seen(session, params, now))
    _make_room(session, act, params, by, now)
    found = Proposal(kind=kind, object_id=act.object_id(params), title=act.title(session, params)[:200],
                     params=dict(params), seen=seen, shown=_shown(session, act, params, now), reason=reason,
                     proposed_by=by.id, proposed_at=now, expires_at=now + TERMS[kind].lasts, alone=alone)
    try:
        with session.begin_nested():
            session.add(found)
    except IntegrityError:  # somebody else was quicker by a moment
        raise ConflictError(ALREADY) from None
    if alone:
        _settle(session, found, "done", None, now)
        _finish(session, found, act.carry_out(session, params, reason, by.id, now), by)
    else:
        _note(session, "propose_act", found, by, {"params": found.params, "expires_at": found.expires_at})
    session.flush()
    return found


def agree(session: Session, proposal_id: uuid.UUID, by: By, *, now: datetime) -> Proposal:
    """Agree, and so do it. Where it cannot be done any more (the object changed, the proposer lost the right, time is
    over) the proposal lapses instead and says why; the caller looks at its state.

    Raises ForbiddenError for the proposer and for whoever has no right, ConflictError for what is decided.
    """
    found = _undecided(session, proposal_id)
    act = ACTS[found.kind]
    _check_decider(session, act, found, by)
    why = _why_lapsed(session, act, found, now)
    if why is None:
        shown = _shown(session, act, found.params, now)
        try:
            with session.begin_nested():
                done = act.carry_out(session, found.params, found.reason, found.proposed_by, now)
        except QuizappError as error:
            why = Said(error.message, error.values)
        else:
            found.shown = shown
            _settle(session, found, "done", by.id, now)
            _finish(session, found, done, by)
    if why is not None:
        _lapse(session, found, why, by, now)
    return found


def refuse(session: Session, proposal_id: uuid.UUID, words: str, by: By, *, now: datetime) -> Proposal:
    """Say no, with words. Raises as `agree`, and InputError without words."""
    words = checked_text(words, WORDS_CHARS, "不同意要写明理由，提出的人会看到")
    found = _undecided(session, proposal_id)
    _check_decider(session, ACTS[found.kind], found, by)
    found.words = words
    _settle(session, found, "refused", by.id, now)
    _note(session, "refuse_proposal", found, by, {"words": words})
    return found


def withdraw(session: Session, proposal_id: uuid.UUID, by: By, *, now: datetime) -> Proposal:
    """Take one's own proposal back. Raises ForbiddenError for others, ConflictError for what is decided."""
    found = queries.locked(session, proposal_id)
    if found.proposed_by != by.id:
        raise ForbiddenError("只有提出的人可以撤回")
    if found.state != "waiting":
        raise ConflictError(DECIDED)
    found.told_at = now
    _settle(session, found, "withdrawn", None, now)
    _note(session, "withdraw_proposal", found, by, {})
    return found


def tell(session: Session, proposal_id: uuid.UUID, person_id: int, *, now: datetime) -> None:
    """The proposer has seen the decision."""
    found = queries.locked(session, proposal_id)
    if found.proposed_by == person_id and found.state != "waiting" and found.told_at is None:
        found.told_at = now
        session.flush()


def still_fits(session: Session, proposal: Proposal, now: datetime) -> Said | None:
    """None while agreement would do it; otherwise why it would lapse."""
    return _why_lapsed(session, ACTS[proposal.kind], proposal, now)


def _undecided(session: Session, proposal_id: uuid.UUID) -> Proposal:
    """Read under its lock: of two who decide at once the second sees what the first did."""
    found = queries.locked(session, proposal_id)
    if found.state != "waiting":
        raise ConflictError(DECIDED)
    return found


def _check_decider(session: Session, act: Act, found: Proposal, by: By) -> None:
    check_second(found.kind, found.proposed_by, by.id, queries.roles_now(session, by.id))
    act.check_person(session, found.params, by.id)


def _check_proposer(session: Session, act: Act, params: Mapping[str, Any], person_id: int) -> None:
    if not TERMS[act.kind].proposers & queries.roles_now(session, person_id):
        raise ForbiddenError("你现在没有提出这件事的权利")
    act.check_person(session, params, person_id)


def _why_lapsed(session: Session, act: Act, found: Proposal, now: datetime) -> Said | None:
    if now >= found.expires_at:
        return Said(N_("到 %(time)s 还没有人同意，已经过期；仍然需要的，请重新提出"), {"time": found.expires_at})
    try:
        _check_proposer(session, act, found.params, found.proposed_by)
    except ForbiddenError:
        return Said(N_("提出的人现在已经没有这项权利，没有办理"))
    try:
        seen = plain(act.seen(session, found.params, now))
    except QuizappError as error:
        return Said(error.message, error.values)
    if seen != found.seen:
        return Said(N_("提出以后情况已经变了，没有办理；请按现在的情况重新提出"))
    return None


def _make_room(session: Session, act: Act, params: Mapping[str, Any], by: By, now: datetime) -> None:
    """Of one object and kind only one waits; one that nobody decided in time, or that fits no more, gives way."""
    before = queries.waiting_of(session, act.kind, act.object_id(params))
    if before is None:
        return
    why = _why_lapsed(session, act, before, now)
    if why is None:
        raise ConflictError(ALREADY)
    _lapse(session, before, why, by, now)


def _settle(session: Session, found: Proposal, state: str, decided_by: int | None, now: datetime) -> None:
    found.state, found.decided_by, found.decided_at = state, decided_by, now
    session.flush()


def _lapse(session: Session, found: Proposal, why: Said, by: By, now: datetime) -> None:
    found.outcome = packed(why)
    _settle(session, found, "lapsed", None, now)
    _note(session, "lapse_proposal", found, by, {"why": why.message % why.values if why.values else why.message})


def _finish(session: Session, found: Proposal, done: Done, by: By) -> None:
    """The act on record under its own name, with both persons; or saying that one did it alone."""
    found.outcome = packed(done.said)
    if found.alone:
        both: dict[str, Any] = {"two_persons": "off"}
    else:
        both = {"proposer": queries.name_of(session, found.proposed_by), "proposer_id": found.proposed_by,
                "second": by.name, "second_id": by.id}
    audit.record(session, done.action, ACTS[found.kind].object_type, done.object_id, actor_id=by.id, actor=by.name,
                 address=by.address, detail=dict(done.detail) | both | {"reason": found.reason, "proposal": found.id})
    session.flush()


def _note(session: Session, action: str, found: Proposal, by: By, detail: Mapping[str, Any]) -> None:
    facts = {"kind": found.kind, "title": found.title, "reason": found.reason, "proposer_id": found.proposed_by,
             "proposal": found.id}
    audit.record(session, action, ACTS[found.kind].object_type, found.object_id, actor_id=by.id, actor=by.name,
                 address=by.address, detail=facts | dict(detail))


def _shown(session: Session, act: Act, params: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    return [packed_line(line) for line in act.lines(session, params, now)]


def known(kind: Kind) -> Act:
    """Raises NotFoundError for a kind that nothing carries out."""
    if kind not in ACTS:
        raise NotFoundError("这件事现在还不能办理")
    return ACTS[kind]
