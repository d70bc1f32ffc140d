"""What `quizapp audit verify` proves of attempts: receipts, their seals, marks and results."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from quizapp.attempts import evidence
from quizapp.attempts.evidence import Evidence
from quizapp.attempts.marks_proved import Rules, of_results, wrong_events, wrong_marks
from quizapp.attempts.rules.seals import Leaf, from_detail
from quizapp.attempts.service.finishing import FINISHED
from quizapp.attempts.service.sealing import ACT
from quizapp.audit.rules import Link
from quizapp.audit.signing import seal, verifies
from quizapp.audit.verification import Check, Finding, proves
from quizapp.kernel import merkle

# after this act an attempt has another receipt than the one that was sealed: the act names both, and it is sealed anew
RESTATING = "accept_sealed_file"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The event that holds a receipt. Kept small: there is one for every attempt of the installation. `restated`:
    it is an act that changed the attempt, and no seal yet."""

    event: int
    receipt: bytes
    record: bytes
    restated: bool = False


@proves
class Attempts(Check):
    """Every finished attempt: its receipt follows from the rows and is signed, the chain holds it unchanged, its
    marks are what the key gives, and the result is what counts."""

    actions = frozenset({ACT, RESTATING})

    def __init__(self) -> None:
        super().__init__()
        self.sealed: dict[uuid.UUID, Sealed] = {}
        self.superseded: dict[str, int] = {}
        self.heard: list[Finding] = []
        self.seen: set[uuid.UUID] = set()
        self.unsigned = self.waiting = 0
        self.seal = seal()

    def hear(self, event: Link) -> None:
        detail: Any = event.fields["detail"]
        if event.fields["action"] == RESTATING:
            self._restate(event.number, uuid.UUID(str(event.fields["object_id"])), detail)
            return
        leaves = from_detail(detail)
        if merkle.root([leaf.entry() for leaf in leaves]).hex() != detail["root"]:
            self.heard.append(Finding("seal", f"审计链第 {event.number} 条", "封存的回执与它的根哈希不符"))
        for leaf in leaves:
            before = self.sealed.get(leaf.attempt_id)
            found = Sealed(event.number, bytes.fromhex(leaf.receipt), bytes.fromhex(leaf.record))
            if before is not None and not before.restated:
                self._hear_wrong(leaf.attempt_id, f"回执在审计链第 {event.number} 条又封存了一次")
            elif before is not None and (before.receipt, before.record) != (found.receipt, found.record):
                self._hear_wrong(leaf.attempt_id, f"审计链第 {event.number} 条封存的，不是第 {before.event} 条采纳文件以后的回执")
            self.sealed[leaf.attempt_id] = found

    def _restate(self, number: int, attempt_id: uuid.UUID, detail: Any) -> None:
        before = self.sealed.get(attempt_id)
        self.superseded[detail["before"]["receipt"]] = number
        if before is not None and before.receipt.hex() != detail["before"]["receipt"]:
            self._hear_wrong(attempt_id, f"审计链第 {number} 条采纳文件以前的回执，不是第 {before.event} 条的")
        if detail["open"]:
            return  # it is sealed once it is handed in
        after = detail["after"]
        self.sealed[attempt_id] = Sealed(number, bytes.fromhex(after["receipt"]), bytes.fromhex(after["record"]), True)

    def _hear_wrong(self, attempt_id: uuid.UUID, what: str) -> None:
        self.heard.append(Finding("seal", f"作答 {attempt_id}", what))

    def findings(self, session: Session) -> Iterator[Finding]:
        yield from self.heard
        rules = Rules(session)
        for people in evidence.candidates(session):
            found = evidence.of_candidates(session, people)
            for one in found:
                yield from self.of_attempt(one, rules)
            results = evidence.results(session, people)
            self.looked_at["results"] += len(results)
            yield from of_results(found, results, rules)
        for attempt_id in self.sealed.keys() - self.seen:
            yield Finding("attempt", f"作答 {attempt_id}", f"审计链第 {self.sealed[attempt_id].event} 条封存了它的回执，现在没有这次交卷的作答")
        self.looked_at["attempts"] = len(self.seen)
        if self.waiting:
            self.remarks.append(f"{self.waiting} 份答卷的回执还没有写入审计链，后台任务会在一分钟内写入")
        if self.unsigned:
            self.remarks.append(f"{self.unsigned} 份答卷是以前的版本收的，没有签名，没有重算回执")

    def of_attempt(self, one: Evidence, rules: Rules) -> Iterator[Finding]:
        where = f"作答 {one.id}"
        self.seen.add(one.id)
        try:
            yield from (Finding(kind, where, what) for kind, what in self.wrong(one, rules))
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, ValidationError) as error:
            yield Finding("attempt", where, f"内容读不出来（{type(error).__name__}），被改成了平台不会写入的样子")

    def wrong(self, one: Evidence, rules: Rules) -> Iterator[tuple[str, str]]:
        yield from self.wrong_seal(one)
        if one.attempt["signature"]:
            yield from self.wrong_receipt(one)
        else:
            self.unsigned += 1
        if one.attempt["state"] not in (*FINISHED, "void"):
            yield "attempt", "有交卷时间，状态却是没有交卷"
        if one.attempt["break_started_at"] is not None:
            yield "attempt", "已经交卷，却写着正在休息"
        yield from wrong_events(one)
        yield from wrong_marks(one, rules)

    def wrong_receipt(self, one: Evidence) -> Iterator[tuple[str, str]]:
        stored = one.attempt["receipt"]
        if one.receipt() != stored:
            yield "receipt", "由现在的作答算出的回执与留存的不同：作答、保存记录或者交卷时间被改动过"
        if not self.seal.verifies(stored, one.attempt["signature"]):
            yield "receipt", "回执不是本平台的密钥签的"

    def wrong_seal(self, one: Evidence) -> Iterator[tuple[str, str]]:
        known, said = self.sealed.get(one.id), one.attempt["sealed_by"]
        if known is None:
            if said is None:
                self.waiting += 1
            else:
                yield "seal", f"写明封存在审计链第 {said} 条，那一条里没有它"
            return
        leaf = one.leaf()
        if known.restated and said is None:
            self.waiting += 1
        elif said != known.event:
            yield "seal", f"回执封存在审计链第 {known.event} 条，作答上写的却是 {said or '没有封存'}"
        if bytes.fromhex(leaf.receipt) != known.receipt:
            yield "seal", f"回执与审计链第 {known.event} 条封存的不同"
        elif bytes.fromhex(leaf.record) != known.record:
            yield "seal", f"作答的内容与审计链第 {known.event} 条封存时的不同"

    def receipt(self, session: Session, claimed: dict[str, Any]) -> Iterator[Finding | str]:
        yield from self.of_receipt(session, claimed)

    def of_receipt(self, session: Session, claimed: dict[str, Any]) -> Iterator[Finding | str]:
        """A receipt that somebody shows, against all of it."""
        code, where = str(claimed["receipt"]), f"回执 {str(claimed['receipt'])[:16]}"
        signature = claimed.get("signature")
        if signature and not self.seal.verifies(code, str(signature)):
            own = claimed.get("public_key") == self.seal.public_key
            other = not own and verifies(str(claimed.get("public_key")), code, str(signature))
            yield Finding("shown", where, "签名是另一个平台的" if other else "签名不对：回执或者签名被改动过")
        if code in self.superseded:
            yield f"{where}：是交卷时的回执；审计链第 {self.superseded[code]} 条采纳了封存文件，以后的回执是另一份"
            return
        found = _named(session, claimed)
        if not found:
            yield Finding("shown", where, "平台里没有这份回执对应的作答")
        for candidate_id, attempt_id in found:
            one = evidence.one(session, candidate_id, attempt_id)
            if one is None or one.attempt["receipt"] != code:
                yield Finding("shown", where, f"作答 {attempt_id} 现在的回执不是这一份")
            elif attempt_id in self.sealed and self.sealed[attempt_id].receipt.hex() == code:
                yield f"{where}：与作答 {attempt_id} 相符，在审计链第 {self.sealed[attempt_id].event} 条"
            elif attempt_id in self.sealed:
                yield Finding("shown", where, f"审计链第 {self.sealed[attempt_id].event} 条封存的是另一份回执")
            else:
                yield f"{where}：与作答 {attempt_id} 相符，还没有写入审计链"
        yield from self.of_proof(claimed, where)

    def of_proof(self, claimed: dict[str, Any], where: str) -> Iterator[Finding]:
        """The way from the receipt to the event, where the document has it."""
        given = claimed.get("seal")
        if not isinstance(given, dict):
            return
        try:
            leaf = Leaf(int(claimed["exam"]["id"]), uuid.UUID(claimed["attempt"]), claimed["receipt"], given["record"])
            holds = merkle.leads_to(leaf.entry(), given["index"], given["size"],
                                    [bytes.fromhex(step) for step in given["path"]], bytes.fromhex(given["root"]))
            known = self.sealed.get(leaf.attempt_id)
        except (KeyError, TypeError, ValueError):
            holds, known = False, None
        if not holds:
            yield Finding("shown", where, "回执里到根哈希的路径不成立")
        elif known is not None and known.event != given.get("event"):
            yield Finding("shown", where, f"回执说在审计链第 {given.get('event')} 条，其实在第 {known.event} 条")


def _named(session: Session, claimed: dict[str, Any]) -> list[tuple[int, uuid.UUID]]:
    if "attempt" not in claimed:
        return evidence.with_receipt(session, claimed["receipt"])
    try:
        return evidence.with_id(session, uuid.UUID(str(claimed["attempt"])))
    except ValueError:
        return []
