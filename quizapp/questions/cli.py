"""`quizapp bank …`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp.db import db
from quizapp.questions import queries, service
from quizapp.questions.files import BankFiles, read_bank
from quizapp.questions.rules import content as contents

bank = AppGroup("bank", help="The question bank: check, build, export.")


def bank_path(path: str | None) -> Path:
    return Path(path) if path else current_app.config["SETTINGS"].bank_path


@bank.command()
@click.argument("path", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(path: str | None, as_json: bool) -> None:
    """Check the bank's files: schema, keys, options, citations, item-writing rules, duplicates."""
    files = read_bank(bank_path(path))
    if as_json:
        problems = [
            {"level": p.level, "code": p.code, "file": p.file or None, "line": p.line or None, "item": p.item_id,
             "where": p.where, "message": p.text}
            for p in files.problems
        ]
        click.echo(json.dumps({"items": len(files.entries), "problems": problems}, ensure_ascii=False, indent=2))
    else:
        _print(files)
    sys.exit(1 if files.errors else 0)


def _print(files: BankFiles) -> None:
    for p in files.problems:
        kind = "错误" if p.level == "error" else "提醒"
        click.echo(" ".join(word for word in (kind, p.place, p.item_id, p.where, p.text) if word))
    click.echo(f"{len(files.entries)} 道试题，{len(files.errors)} 处错误，{len(files.warnings)} 处提醒")


@bank.command()
@click.argument("path", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def build(path: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring the bank to what its files say; a second build changes nothing."""
    with db.transaction() as session:
        result = service.build_bank(session, bank_path(path))
        if dry_run:
            session.rollback()
    if as_json:
        click.echo(json.dumps({"added": result.added, "changed": result.changed, "retired": result.retired,
                               "unchanged": result.unchanged, "dry_run": dry_run}, ensure_ascii=False))
        return
    click.echo(
        ("（试运行，没有写入）" if dry_run else "")
        + f"新增 {len(result.added)} 道，更新 {len(result.changed)} 道，停用 {len(result.retired)} 道，"
        + f"未变 {result.unchanged} 道"
    )


@bank.command()
@click.option("--format", "file_format", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
def export(file_format: str) -> None:
    """Print every item, one a line."""
    for item, version in queries.current_versions(db.session()):
        content = contents.from_content(version.content)
        line = contents.to_export(content, version=version.number, status=item.status, origin=item.origin)
        click.echo(json.dumps(line, ensure_ascii=False))


COMMANDS = [bank]
