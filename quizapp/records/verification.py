"""What `quizapp audit verify` proves of certificates: each says what it said when it was issued, and which are revoked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.audit.rules import Link, moment
from quizapp.audit.verification import Check, Finding, proves
from quizapp.records.models import Certificate
from quizapp.records.rules import digest_of

SAID = ("number", "issuer", "name", "unit", "exam", "score", "grade", "sat_on")
Batch = tuple[int, str]


@proves
class Certificates(Check):
    """Certificates are issued and revoked many at a time; the event of each time holds a digest of all of them."""

    actions = frozenset({"issue_certificates", "revoke_certificates"})

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, dict[Batch, tuple[int, str]]] = {"issue_certificates": {}, "revoke_certificates": {}}

    def hear(self, event: Link) -> None:
        facts: Any = event.fields
        found = self.said[facts["action"]]
        found[int(str(facts["object_id"])), facts["detail"]["at"]] = event.number, facts["detail"]["digest"]

    def findings(self, session: Session) -> Iterator[Finding]:
        issued: dict[Batch, dict[str, str]] = defaultdict(dict)
        revoked: dict[Batch, dict[str, str]] = defaultdict(dict)
        for row in session.execute(select(*Certificate.__table__.columns)).mappings():
            self.looked_at["certificates"] += 1
            # whoever was erased has no name any more, and the rest proves itself by the digest in the chain
            if row["name"] and digest_of({name: row[name] for name in SAID}) != row["digest"]:
                yield Finding("certificate", f"证书 {row['number']}", "内容与签发时的摘要不符")
            issued[row["exam_id"], moment(row["issued_at"])][row["number"]] = row["digest"]
            if row["revoked_at"] is not None:
                revoked[row["exam_id"], moment(row["revoked_at"])][row["number"]] = row["replaced_by"] or ""
        for action, found in (("issue_certificates", issued), ("revoke_certificates", revoked)):
            yield from self._compared("签发" if action.startswith("issue") else "撤销", self.said[action], found)

    def _compared(self, what: str, said: dict[Batch, tuple[int, str]], found: dict[Batch, dict[str, str]]) -> Iterator[Finding]:
        for batch in said.keys() | found.keys():
            number, digest = said.get(batch, (0, ""))
            if batch not in said or digest_of(found.get(batch, {})) != digest:
                told = f"审计链第 {number} 条登记的" if number else "审计链里的"
                yield Finding("certificate", f"考试 {batch[0]} 的证书", f"{batch[1]} {what}的与{told}不同")
