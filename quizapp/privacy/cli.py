"""`quizapp person …`, `quizapp retention …`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people import queries as people
from quizapp.people.models import Person
from quizapp.privacy import documents, queries, retention, service, tasks

person = AppGroup("person", help="Personal data of one person: handed out, or erased.")
keeping = AppGroup("retention", help="How long data is kept.")


def _known(session: Session, login: str) -> Person:
    found = people.person_by_login(session, login)
    if found is None:
        raise InputError("没有工号 %(login)s，请核对", login=login)
    return found


@person.command()
@click.argument("login")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(login: str, file: Path) -> None:
    """Write everything that is held of LOGIN to FILE, a zip with a page to read and a JSON file. On record."""
    if file.exists():
        raise InputError("%(file)s 已经存在，请换一个文件名", file=str(file))
    # the page is made of templates that speak the language of a request
    with current_app.test_request_context():
        found = _known(db.session(), login)
        content, rows = documents.archive(db.session(), found)
        with db.transaction() as session:
            audit.record(session, "export_personal_data", "person", found.id, actor="cli", detail={"rows": rows})
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(content)
    click.echo(f"{file}：{rows} 条")


@person.command()
@click.argument("login")
@click.option("--dry-run", is_flag=True, help="Say what is held and whether it can be done; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(login: str, dry_run: bool, yes: bool) -> None:
    """Erase LOGIN, who has left: account, sign-ins, links, addresses, notes; name and work number become a number."""
    found = _known(db.session(), login)
    why = service.why_not(db.session(), found)
    if dry_run:
        for title, number in queries.counts(db.session(), found):
            click.echo(f"{title}\t{number}")
        click.echo(why or "可以注销（试运行，没有写入）")
        return
    if why:
        raise ConflictError(why)
    if not yes:
        click.confirm(f"注销 {found.name}（{login}）？不能撤销", abort=True)
    with db.transaction() as session:
        again = session.get_one(Person, found.id, with_for_update=True)
        detail = service.erase(session, again)
        audit.record(session, service.ACT, "person", again.id, actor="cli", detail=detail)
        click.echo(f"已注销，现在是 {again.name}（{again.login}）")


@keeping.command()
@click.option("--dry-run", is_flag=True, help="Say what is over time; remove nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def run(dry_run: bool, as_json: bool) -> None:
    """Remove what is over time now, as the worker does once a day."""
    periods = current_app.config["SETTINGS"].periods
    found = retention.due(db.session(), periods, clock.now()) if dry_run else tasks.run("cli")
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "classes": found}, ensure_ascii=False, indent=2))
        return
    for name, number in found.items():
        click.echo(f"{name}\t{number}")
    click.echo("（试运行，没有删除）" if dry_run else "已删除，并写入审计记录")


COMMANDS = [person, keeping]
