"""`quizapp db`, `quizapp serve`, `quizapp demo`."""

from __future__ import annotations

import json
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
from quizapp.ops import checking
from quizapp.ops.demo import loading
from quizapp.ops.demo.agency import Account
from quizapp.ops.rules.durability import Finding, Severity, unsafe

WITHOUT_EXAMS = "QUIZAPP_WITHOUT_EXAMS"

db = AppGroup("db", help="The database: its schema, and whether it keeps what it acknowledges.")


@db.command()
def upgrade() -> None:
    """Bring the schema to the newest migration."""
    database.upgrade(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo("数据库已是最新结构")


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(as_json: bool) -> None:
    """Whether exams may be held on this database: does it keep what it acknowledges? Status 1 where it does not."""
    found = checking.findings_in_time()
    safe = not unsafe(found)
    if as_json:
        click.echo(json.dumps({
            "database": database.db.engine.dialect.name, "safe": safe,
            "findings": [{"setting": f.setting, "value": f.value, "severity": f.severity, "sentence": f.sentence} for f in found],
        }, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(line_of(finding), err=finding.severity is Severity.UNSAFE)
        click.echo("数据库的设置能保证已保存的作答不丢" if safe else "这样的设置不能办考试", err=not safe)
    sys.exit(0 if safe else 1)


def line_of(finding: Finding) -> str:
    words = {Severity.UNSAFE: "不安全", Severity.WARNING: "注意", Severity.NOTE: "说明"}
    return f"{words[finding.severity]}：{finding.sentence}"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Server processes.")
@click.option("--threads", default=8, show_default=True, help="Threads a process.")
@click.option("--without-exams", is_flag=True, help="Serve even on unsafe database settings, but hold no exams.")
def serve(host: str, port: int, workers: int, threads: int, without_exams: bool) -> None:
    """Serve with the production server and a worker for long jobs. Refuses to start where the database may lose
    answers that it has acknowledged."""
    checking.check_port(host, port)
    app = ready_to_serve(without_exams)
    serve_in_place(app, host, port, workers, threads)


def serve_in_place(app: Flask, host: str, port: int, workers: int, threads: int, quiet: bool = False) -> None:
    """Hand over to the server, with the settings that this command found."""
    from quizapp.ops import serving  # the server is loaded where something is served, not by every command

    settings = app.config["SETTINGS"]
    named = {"DATABASE_URL": settings.database_url, "QUIZAPP_INSTANCE": str(settings.instance_path),
             "QUIZAPP_BANK": str(settings.bank_path)}
    sys.stdout.flush()
    serving.instead_of({**os.environ, **named}, host, port, workers, threads, quiet)


def ready_to_serve(without_exams: bool) -> Flask:
    """The application, once its database may hold exams or none are wanted."""
    if without_exams:
        os.environ[WITHOUT_EXAMS] = "1"  # the server's processes read it
    app = create_app()
    checking.check_before_serving(app, without_exams=app.config["SETTINGS"].without_exams)
    return app


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Prepare everything, serve nothing.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and begin afresh.")
@click.option("--without-exams", is_flag=True, help="As for serve.")
def demo(port: int, no_serve: bool, reset: bool, without_exams: bool) -> None:
    """Load the demo agency where there is none yet, print fresh sign-ins, and serve."""
    if not no_serve:
        checking.check_port("127.0.0.1", port)
    os.environ.setdefault("QUIZAPP_INSTANCE", str(ROOT / "instance" / "demo"))
    os.environ["QUIZAPP_DEMO"] = "1"
    instance = Path(os.environ["QUIZAPP_INSTANCE"])
    if reset and "DATABASE_URL" not in os.environ:
        shutil.rmtree(instance, ignore_errors=True)
    app = ready_to_serve(without_exams)
    database.upgrade(app)
    issued = prepare(app)
    announce(issued, port)
    if not no_serve:
        serve_in_place(app, "127.0.0.1", port, workers=2, threads=8, quiet=True)


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
