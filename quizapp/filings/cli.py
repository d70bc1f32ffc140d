"""`quizapp filing …`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from quizapp.access import ALL_UNITS
from quizapp.db import db
from quizapp.filings import checking, printing, queries
from quizapp.kernel.errors import NotFoundError

filing = AppGroup("filing", help="Reports as they were handed in.")


@filing.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(file: Path, as_json: bool) -> None:
    """Whether FILE (.json or .pdf) is a version as it was handed in. Status 1 where it is not."""
    found = checking.verify_file(db.session(), file.name, file.read_bytes())
    if as_json:
        click.echo(json.dumps({"holds": found.holds, "number": found.number, "version": found.version, "words": found.words}, ensure_ascii=False))
    else:
        click.echo(f"上报件 {found.number} 第 {found.version} 版：{found.words}", err=not found.holds)
    sys.exit(0 if found.holds else 1)


@filing.command()
@click.argument("number")
@click.option("--version", type=int, help="Which version; the latest without.")
@click.option("--format", "kind", type=click.Choice(printing.KINDS), default="json", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write to this file.")
@click.option("--people", is_flag=True, help="With everybody by name (xlsx).")
def export(number: str, version: int | None, kind: str, output: Path, people: bool) -> None:
    """A version of the filing NUMBER as a file."""
    session = db.session()
    found = queries.by_its_number(session, number)
    if found is None:
        raise NotFoundError("没有编号为 %(number)s 的上报件", number=number)
    kept = queries.latest(session, found.id) if version is None else queries.version_of(session, found.id, version)
    view = printing.viewed(found, kept, (ALL_UNITS,))
    output.write_bytes(printing.make(session, view, kind, with_people=people))
    click.echo(f"已写入 {output}", err=True)


COMMANDS = [filing]
