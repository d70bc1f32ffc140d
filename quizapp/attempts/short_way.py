"""The short way of a save, past the web framework: sixty saves make up most of what an attempt costs.

It goes from the socket to the statement and back, and only as long as everything is as usual. Whatever is not (a
ticket that does not fit, a refusal, a database that is away) goes on to the ordinary route, which answers for it: with
what the statement said where it was reached, and otherwise by doing it again, for a save that comes twice is one.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask
from itsdangerous import BadSignature
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from werkzeug.http import parse_cookie

from quizapp import clock
from quizapp.attempts import service
from quizapp.attempts.pages.saved import saved
from quizapp.attempts.rules.saves import read_batch
from quizapp.attempts.views.background import RECEIVED, STORED
from quizapp.attempts.views.blueprint import press
from quizapp.db import db
from quizapp.headers import NO_PAGE, NOT_KEPT
from quizapp.kernel.errors import QuizappError
from quizapp.origin import is_foreign
from quizapp.people.queries import token_hash
from quizapp.session_cookie import KEPT, Sessions
from quizapp.statement import as_json, driven

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = re.compile(r"/my/attempts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/answers")
LARGEST = 262_144  # bytes; a batch of fifty long answers goes the ordinary way
LONGEST = 4096  # characters of cookies that are remembered
COMMON = (("Content-Type", "application/json"), NOT_KEPT, ("Vary", "Cookie"), NO_PAGE)


class ShortWay:
    """WSGI around the application."""

    def __init__(self, app: Flask, onward: WSGIApplication) -> None:
        self._app, self._onward = app, onward
        self._cookie = app.config["SESSION_COOKIE_NAME"]
        self._headers = (*COMMON, *app.config["FIXED_HEADERS"])
        self.saves = 0  # answered here since the process began; for /metrics
        self._sign_in = lru_cache(KEPT)(self._sign_in_of)
        with app.app_context():
            self._press = press()
            self._engine: Engine = db.engine

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and (address := ADDRESS.fullmatch(environ["PATH_INFO"])):
            answer = self._answer(environ, address[1])
            if answer is not None:
                self.saves += 1  # two threads at once may lose one: a lock for a statistic costs more than it is worth
                start_response("200 OK", [*self._headers, ("Content-Length", str(len(answer)))])
                return [answer]
        return self._onward(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, attempt: str) -> bytes | None:
        """What the browser hears of its save; None where the ordinary route has to say it."""
        # whoever answers judges by this moment, however long a database that is away was waited for
        received_at = environ[RECEIVED] = clock.now()
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or int(length) > LARGEST or environ.get("CONTENT_TYPE") != "application/json":
            return None
        if is_foreign(environ):
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        cookies = environ.get("HTTP_COOKIE", "")
        sign_in = self._sign_in(cookies) if len(cookies) <= LONGEST else None
        if sign_in is None:
            return None
        try:
            payload = json.loads(body)
            batch = read_batch(payload)
            ticket = self._press.read_ticket(payload.get("ticket"))
            if str(ticket.attempt_id) != attempt:
                return None
            with self._connection() as connection:
                ack = service.save(connection, ticket, batch, received_at=received_at, sign_in=sign_in)
        except (ValueError, RecursionError, QuizappError, DBAPIError, self._engine.dialect.loaded_dbapi.Error):
            return None
        if ack.refused or ack.rejected:
            environ[STORED] = ack
            return None
        return as_json(saved(ack, clock.now())).encode()

    def _connection(self):  # type: ignore[no-untyped-def]
        return driven(self._engine) if self._engine.dialect.name == "postgresql" else db.hot(engine=self._engine)

    def _sign_in_of(self, cookies: str) -> str | None:
        """The hash of the sign-in that a browser's cookies speak of, if any."""
        signer = Sessions().get_signing_serializer(self._app)
        text = parse_cookie(cookies).get(self._cookie)
        if signer is None or not text:
            return None
        try:
            token = signer.loads(text, max_age=int(self._app.permanent_session_lifetime.total_seconds())).get("_user_id")
        except BadSignature:
            return None
        return token_hash(token) if isinstance(token, str) else None
