"""What a request may bring at all: nothing that no column could hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Request, current_app
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

from quizapp.kernel.errors import InputError

View = TypeVar("View", bound=Callable[..., Any])
LARGEST = 2**31 - 1  # the greatest whole number of a column on PostgreSQL


class Number(IntegerConverter):
    """A whole number of an address, as large as a column can hold. There is nothing under a larger one."""

    def to_python(self, value: str) -> int:
        found = int(value) if len(value) <= len(str(LARGEST)) else LARGEST + 1
        if found > LARGEST:
            raise NotFound
        return found


def whole(text: str) -> int:
    """A whole number behind the question mark of an address, as large as a column can hold; for `args.get`, which
    takes its default where this raises ValueError."""
    found = int(text)
    if abs(found) > LARGEST:
        raise ValueError(text)
    return found


def any_text(view: View) -> View:
    """For a view that judges each text by itself: one that cannot be kept must not hold up the others."""
    view.any_text = True  # type: ignore[attr-defined]
    return view


def refuse_unstorable(request: Request) -> None:
    """PostgreSQL keeps no NUL, and nobody types one. Raises InputError for a form with one in it, or an address."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "any_text", False) or request.is_json:
        return
    if any("\0" in text for text in _texts(request)):
        raise InputError("提交的内容里有无法保存的控制字符，没有写入；请返回上一页，删去后重新填写")


def _texts(request: Request) -> Iterable[str]:
    yield from (value for value in (request.view_args or {}).values() if isinstance(value, str))
    for name, value in request.args.items(multi=True):
        yield name
        yield value
    if request.method == "POST":
        for name, value in request.form.items(multi=True):
            yield name
            yield value
        yield from (file.filename or "" for file in request.files.values())
