"""The session cookie: Flask's own, with the work of reading it done once for each cookie.

A browser sends the same cookie with every save, and proving it genuine costs as much as a tenth of a save. What was
proved stays proved: the key does not change while the process lives, and whether a sign-in has ended is for the
database to say.
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any, cast

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

KEPT = 4096  # cookies; about 1 KB each


class Signer:
    """Makes and reads the text of cookies. Raises BadSignature for what this installation has not made."""

    def __init__(self, signer: URLSafeTimedSerializer) -> None:
        self.dumps = signer.dumps
        self._read = lru_cache(KEPT)(signer.loads)

    def loads(self, text: str, max_age: int | None = None) -> dict[str, Any]:
        found = self._read(text, max_age=max_age)
        # a copy: what a request changes must not be there for the next one
        return {name: value if isinstance(value, str | bool) else deepcopy(value) for name, value in found.items()}


class Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if "session_signer" not in app.extensions:
            made = super().get_signing_serializer(app)
            app.extensions["session_signer"] = made and Signer(made)
        return cast("URLSafeTimedSerializer | None", app.extensions["session_signer"])

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified or session.permanent:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")
