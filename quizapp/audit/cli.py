"""`quizapp audit …`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp import clock
from quizapp.audit import heads, queries
from quizapp.audit.receipts import read_receipt
from quizapp.audit.signing import seal
from quizapp.audit.verification import Report, recorded_heads
from quizapp.audit.verification import verify as verified
from quizapp.db import db

NAMES = {"attempts": "答卷", "results": "成绩", "marks": "人工评分", "readings": "两人阅卷的给分", "commitments": "试卷承诺",
         "paper_results": "纸质成绩", "regrades": "重新评分", "certificates": "合格证书", "filings": "上报件"}

audit = AppGroup("audit", help="The audit record.")


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--receipt", metavar="FILE|TEXT", default=None, help="Prove this receipt as well.")
def verify(as_json: bool, receipt: str | None) -> None:
    """Prove the chain, its heads, every receipt, mark, result and commitment. Status 1 where anything disagrees.

    Reads the database at one moment and changes nothing; may run while exams are held. The file with the heads
    proves that the end of the chain was not cut off: keep a copy of it on another machine.
    """
    claimed = read_receipt(_content(receipt)) if receipt else None
    lines = recorded_heads(Path(current_app.instance_path), seal().public_key)
    with db.snapshot() as session:
        report = verified(session, lines, claimed)
    click.echo(_as_json(report) if as_json else _as_text(report), err=not as_json and not report.holds)
    sys.exit(0 if report.holds else 1)


def _content(given: str) -> str:
    """The file of that name, or the text itself."""
    try:
        file = Path(given)
        return file.read_text(encoding="utf-8-sig") if len(given) < 1000 and file.is_file() else given
    except (OSError, ValueError):
        return given


def _as_json(report: Report) -> str:
    return json.dumps({
        "holds": report.holds, "events": report.events, "head": report.head, "first_broken": report.first_broken,
        "heads": report.heads, "looked_at": dict(report.looked_at), "remarks": report.remarks,
        "findings": [{"kind": f.kind, "where": f.where, "what": f.what} for f in report.findings],
        "count": report.count,
    }, ensure_ascii=False, indent=2)


def _as_text(report: Report) -> str:
    lines = [str(finding) for finding in report.findings]
    if report.count > len(report.findings):
        lines.append(f"……另有 {report.count - len(report.findings)} 处，没有列出")
    if report.holds:
        lines.append(f"审计链完整：共 {report.events} 条，末条哈希 {report.head}")
    else:
        lines.append(f"共 {report.count} 处与留存的不一致，请保留现场，与备份核对")
    lines.append(f"与 {report.heads} 个留存的链头核对过" if report.heads else "还没有留存的链头：后台任务运行后会写入 audit-heads.jsonl")
    looked_at = "，".join(f"{NAMES.get(name, name)} {number}" for name, number in report.looked_at.items() if number)
    lines += [f"核对了{looked_at}"] if looked_at else []
    return "\n".join([*lines, *report.remarks])


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def head(as_json: bool) -> None:
    """The end of the chain, signed: to be written down, printed or sent elsewhere. Kept in the heads file too."""
    found, now = queries.head(db.session()), clock.now()
    heads.keep(Path(current_app.instance_path), found, now, seal())
    entry = heads.signed(found, now, seal())
    click.echo(json.dumps(entry) if as_json else "\n".join(f"{name}\t{value}" for name, value in entry.items()))


@audit.command()
def export() -> None:
    """Every event as a line of JSON, for `verify_chain.py` or any other program that knows SHA-256.

    Where the old end was removed, a line on the cut comes first.
    """
    with db.snapshot() as session:
        cut = queries.cut(session)
        if cut is not None:
            click.echo(json.dumps({"cut": cut.facts | {"key": cut.key, "signature": cut.signature}}))
        for link in queries.chain(session):
            click.echo(json.dumps({"previous": link.previous, "hash": link.digest, "facts": link.fields},
                                  ensure_ascii=False))


COMMANDS = [audit]
