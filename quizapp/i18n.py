"""Words in two languages. Chinese is the source; English lies beside each feature as `translations/en.po`.

The catalogues are read as text at start, so a translation is a reviewed line in the repository and
nothing has to be compiled.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_babel.speaklater import LazyString

from quizapp import clock
from quizapp.features import FEATURES
from quizapp.kernel.errors import QuizappError

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
HTML_LANG = {"zh": "zh-Hans", "en": "en"}
PACKAGE = Path(__file__).parent
WEEKDAYS = "一二三四五六日"
_SPOKEN: ContextVar[str | None] = ContextVar("spoken", default=None)


@cache
def english() -> Translations:
    """All English catalogues as one."""
    merged = Translations()
    for feature in ("", "kernel", *FEATURES):
        path = PACKAGE / feature / "translations" / "en.po"
        if path.exists():
            merged.merge(_read(path))
    return merged


def _read(path: Path) -> Translations:
    with path.open(encoding="utf-8") as file:
        catalogue = read_po(file, locale="en")
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return Translations(buffer)


def language() -> str:
    """`zh` or `en`, as this person chose; Chinese unless chosen otherwise."""
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    if not has_request_context():
        return "zh"
    found: str | None = g.get("spoken_language")  # asked for some hundred times a page
    if found is None:
        locale = get_locale()
        found = g.spoken_language = "en" if locale is not None and locale.language == "en" else "zh"
    return found


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Inside the block everything is said in this language: for work done on behalf of a person who has left."""
    token = _SPOKEN.set(chosen if chosen in LANGUAGES else "zh")
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def choose_locale() -> str:
    """The switch wins, then the account, then what the browser asks for first."""
    if not has_request_context():
        return LANGUAGES["zh"]
    chosen = session.get("language") or getattr(g, "account_language", None)
    return LANGUAGES.get(chosen or "zh", LANGUAGES["zh"])


def _(message: str, **values: object) -> str:
    """The message in the reader's language, its %(name)s placeholders filled."""
    text = english().gettext(message) if language() == "en" else message
    return text % values if values else text


def N_(message: str) -> str:
    return message


def lazy(message: str) -> LazyString:
    """For what is written at import time and shown at request time, such as the label of a form field."""
    return LazyString(_, message)


def explain(error: QuizappError) -> str:
    """The sentence of an error in the reader's language."""
    return _(error.message, **error.values) if error.values else _(error.message)


def show_time(value: datetime | None) -> str:
    """11 月 16 日 09:00, with the year when it is not this one."""
    if value is None:
        return "—"
    local = clock.to_local(value)
    return f"{show_date(local.date())} {local:%H:%M}"


def show_date(value: date | None) -> str:
    if value is None:
        return "—"
    same_year = value.year == clock.today().year
    if language() == "en":
        return f"{value.day} {value:%b}" if same_year else f"{value.day} {value:%b %Y}"
    return f"{value.month} 月 {value.day} 日" if same_year else f"{value.year} 年 {value.month} 月 {value.day} 日"


def show_weekday(value: date) -> str:
    return f"{value:%A}" if language() == "en" else f"星期{WEEKDAYS[value.weekday()]}"


def show_clock(value: datetime) -> str:
    return f"{clock.to_local(value):%H:%M}"


def pick(chinese: str, in_english: str | None) -> str:
    """Content that carries its own translation, such as the name of a subject."""
    return in_english if in_english and language() == "en" else chinese


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale=LANGUAGES["zh"],
        default_timezone="Asia/Shanghai",
        locale_selector=choose_locale,
    )
    helpers: dict[str, Any] = {
        "_": _, "language": language, "pick": pick, "show_time": show_time, "show_date": show_date,
        "show_clock": show_clock, "show_weekday": show_weekday,
        "html_lang": lambda: HTML_LANG[language()], "current_path": lambda: request.full_path.rstrip("?"),
    }
    app.jinja_env.globals.update(helpers)
