"""The `quizapp` command: every feature adds its own, this file only collects them."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click
from flask.cli import FlaskGroup

from quizapp import __version__
from quizapp.app import create_app, part
from quizapp.features import FEATURES
from quizapp.kernel.errors import QuizappError


class Commands(FlaskGroup):
    """Errors of the product end with status 1 and one sentence; wrong usage ends with 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except QuizappError as error:
            click.echo(str(error), err=True)
            sys.exit(1)


@click.group(cls=Commands, create_app=create_app, add_default_commands=False, add_version_option=False)
@click.version_option(__version__, prog_name="quizapp")
def main() -> None:
    """学法用法考试平台: exams on law for government offices."""


def collect() -> None:
    for name in FEATURES:
        commands = part(import_module(f"quizapp.{name}"), "cli")
        if commands is not None:
            for command in commands.COMMANDS:
                main.add_command(command)


collect()
