"""Before an exam can be held: does the database keep what it acknowledges?"""

from __future__ import annotations

import errno
import os
import socket
import time

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError, UnavailableError
from quizapp.ops import queries
from quizapp.ops.rules.durability import Finding, unsafe

PATIENCE = 60.0
"""Seconds to wait for a database that does not answer, as after a power cut of the whole place."""


def findings() -> list[Finding]:
    """What there is to say about the database of the running application."""
    with db.engine.connect() as connection:
        return queries.durability(connection)


def check_port(host: str, port: int) -> None:
    """Raises ConflictError where something listens there already: the server would share the port with it, and each
    would get a part of the requests. Raises InputError where nothing can listen."""
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":  # a connection that has just ended is no hindrance
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConflictError("端口 %(port)s 上已经有程序在运行，请先停止它，或者用 --port 换一个端口", port=port) from None
        raise InputError("不能在 %(host)s 的端口 %(port)s 上提供服务：%(why)s", host=host, port=port, why=str(error)) from None


def check_before_serving(app: Flask, *, without_exams: bool, patience: float = PATIENCE) -> None:
    """Says what is unsafe. Ends with status 1 then, unless nobody means to hold exams here.

    Raises UnavailableError where the database does not answer in time.
    """
    with app.app_context():
        wrong = unsafe(findings_in_time(patience))
    for finding in wrong:
        click.echo(finding.sentence, err=True)
    if not wrong:
        return
    if without_exams:
        click.echo("不办考试：不能发布考试，不能开始作答，也不能保存作答；其余照常。", err=True)
        return
    click.echo("数据库的设置不能保证“已保存”的作答不丢，没有启动。改好后重新启动；只用其余功能的，请加 --without-exams。",
               err=True)
    raise SystemExit(1)


def findings_in_time(patience: float = 0) -> list[Finding]:
    """The same, waiting so many seconds for a database that does not answer. Raises UnavailableError after that."""
    last = time.monotonic() + patience
    while True:
        try:
            return findings()
        except OperationalError:
            if time.monotonic() >= last:
                raise UnavailableError("数据库没有应答，请检查 DATABASE_URL 和数据库服务") from None
            db.engine.dispose()
            time.sleep(min(1.0, patience))
