"""`quizapp db`, `quizapp serve`, `quizapp demo`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from quizapp import db as database
from quizapp.app import create_app
from quizapp.config import ROOT
from quizapp.ops.demo import loading
from quizapp.ops.demo.agency import Account
from quizapp.ops.serving import serve as run_server

db = AppGroup("db", help="The database's schema.")


@db.command()
def upgrade() -> None:
    """Bring the schema to the newest migration."""
    database.upgrade(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo("数据库已是最新结构")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Server processes.")
@click.option("--threads", default=8, show_default=True, help="Threads a process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve with the production server and a worker for long jobs."""
    run_server(create_app(), host, port, workers, threads)


@click.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Prepare everything, serve nothing.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and begin afresh.")
def demo(port: int, no_serve: bool, reset: bool) -> None:
    """Load the demo agency where there is none yet, print fresh sign-ins, and serve."""
    os.environ.setdefault("QUIZAPP_INSTANCE", str(ROOT / "instance" / "demo"))
    os.environ["QUIZAPP_DEMO"] = "1"
    instance = Path(os.environ["QUIZAPP_INSTANCE"])
    if reset and "DATABASE_URL" not in os.environ:
        shutil.rmtree(instance, ignore_errors=True)
    app = create_app()
    database.upgrade(app)
    issued = prepare(app)
    announce(issued, port)
    if not no_serve:
        run_server(app, "127.0.0.1", port, workers=2, threads=8, quiet=True)


def prepare(app: Flask) -> list[tuple[Account, str]]:
    """Load once, and give the named accounts new passwords."""
    with app.app_context():
        if not loading.is_loaded(database.db.session()):
            with database.db.transaction() as session:
                loading.load(session, app.config["SETTINGS"].bank_path, lambda step: click.echo(f"  {step}…", err=True))
        with database.db.transaction() as session:
            return loading.fresh_passwords(session)


def announce(issued: list[tuple[Account, str]], port: int) -> None:
    click.echo(f"\n  学法用法考试平台 · 演示    http://127.0.0.1:{port}/\n")
    click.echo("  账号      角色                    密码（本次启动新生成）")
    for account, password in issued:
        # Chinese characters take two columns in a terminal
        wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in account.role)
        click.echo(f"  {account.login}   {account.role}{' ' * max(1, 24 - wide)}{password}")
    click.echo("\n  按 Ctrl-C 停止。Stop with Ctrl-C; English by the switch at the top of every page.\n")
    sys.stdout.flush()


COMMANDS = [db, serve, demo]
