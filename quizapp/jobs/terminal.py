"""Progress in the terminal, beside the answer of a command and never in it."""

from __future__ import annotations

import sys

import click


class Counter:
    """A line on the error output: rewritten in place where somebody looks on, one line for every tenth where
    the output goes to a file."""

    def __init__(self) -> None:
        self.watched = sys.stderr.isatty()
        self._last = ("", -1)
        self._open = False

    def __call__(self, done: int, total: int, step: str = "") -> None:
        parts = 100 if self.watched else 10
        now = (step, done * parts // total if total else parts)
        if now == self._last:
            return
        line = f"{step} {done} / {total}".lstrip()
        if self._open:
            # within a step the longer number covers the shorter; a new step begins a new line
            line = ("\r" if step == self._last[0] else "\n") + line
        self._open = self.watched and done < total
        click.echo(line, err=True, nl=not self._open)
        self._last = now
