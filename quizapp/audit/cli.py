"""`quizapp audit …`."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from quizapp.audit import queries
from quizapp.audit.rules import first_break
from quizapp.db import db

audit = AppGroup("audit", help="The audit record.")


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(as_json: bool) -> None:
    """Walk the whole chain. Status 1 and the number of the first event that does not follow, if any.

    Write the head down somewhere else from time to time: it proves that no later event was cut off.
    """
    session = db.session()
    head = queries.head(session)
    broken = first_break(queries.chain(session), number=head.number, digest=head.digest)
    if as_json:
        click.echo(json.dumps({"events": head.number, "head": head.digest, "first_broken": broken}))
    elif broken is None:
        click.echo(f"审计链完整：共 {head.number} 条，末条哈希 {head.digest}")
    else:
        click.echo(f"审计链在第 {broken} 条断开：这一条或者它前面的记录被改动过，请与备份核对", err=True)
    sys.exit(0 if broken is None else 1)


COMMANDS = [audit]
