"""Whether a file, or the database, still says what was handed in."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.filings import checking, printing, service
from quizapp.filings.models import FilingPerson, FilingVersion
from quizapp.filings.rules.content import digest_of
from quizapp.kernel.errors import FileError
from tests.integration.filings.conftest import AFTER, World, findings, kept


def test_files_are_verified_and_altered_ones_are_found(session: Session, world: World) -> None:
    filing = world.hand_in(session)
    version, content = kept(session, filing, 1)
    view = printing.viewed(filing, version, ("/",))
    as_json, as_pdf = (printing.make(session, view, kind, address="https://example.org/verify") for kind in ("json", "pdf"))
    assert checking.verify_file(session, "a.json", as_json).holds
    assert checking.verify_file(session, "a.pdf", as_pdf).holds
    document = json.loads(as_json)
    document["content"]["rows"][0]["values"][0] += 1
    assert not checking.verify_file(session, "a.json", json.dumps(document).encode()).holds
    document["digest"] = digest_of(document["content"])  # who alters the figures and the digest with them
    assert not checking.verify_file(session, "a.json", json.dumps(document).encode()).holds
    document["version"] = 10**30
    assert not checking.verify_file(session, "a.json", json.dumps(document).encode()).holds
    forged = replace(view, content=replace(content, title="另一份报告"))
    assert not checking.verify_file(session, "a.pdf", printing.make(session, forged, "pdf")).holds
    for wrong in (b"{}", b"PK", b"[1]"):
        with pytest.raises(FileError):
            checking.verify_file(session, "a", wrong)
    code = version.digest[:16]
    assert checking.agrees(session, filing.number, 1, f" {code[:4]} {code[4:].upper()} ")
    for number, place, said in ((filing.number, 2, code), ("2026-0002", 1, code), (filing.number, 1, code[:15]), (filing.number, 1, "0" * 16), ("", 1, "")):
        assert not checking.agrees(session, number, place, said)


def test_what_is_altered_in_the_database_is_found(session: Session, world: World) -> None:
    filing, other = world.hand_in(session), service.hand_in_exam(session, world.exam, False, by=world.by, now=AFTER)
    version = kept(session, filing, 1)[0]
    assert findings(session) == []
    rows = dict(version.content)
    rows["rows"] = [dict(row, values=[999, *row["values"][1:]]) for row in rows["rows"]]
    session.execute(update(FilingVersion).where(FilingVersion.id == version.id).values(content=rows))
    session.execute(update(FilingPerson).where(FilingPerson.version_id != version.id).values(score=Decimal(100)))
    session.expire_all()
    assert findings(session) == [(f"上报件 {filing.number} 第 1 版", "内容、摘要和签名对不上，被改动过"),
                                 (f"上报件 {other.number} 第 1 版", "人员明细与摘要对不上，被改动过")]
