"""Whether a change was asked for by a page of ours, as the browser tells of every request that changes something."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, request

from quizapp.kernel.errors import ForbiddenError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OURS = frozenset({"same-origin", "none"})  # none: typed in, or a bookmark


def is_foreign(environ: WSGIEnvironment) -> bool:
    """Whether a page of another origin sent this.

    `Sec-Fetch-Site` comes first: browsers send it over HTTPS, and no proxy that forgets to hand on the host can make
    it wrong in the middle of an exam. Over plain HTTP there is `Origin` alone. A program sends neither: it has no
    cookies that somebody else could make it send.
    """
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site not in OURS
    origin = environ.get("HTTP_ORIGIN")
    return origin is not None and urlsplit(origin).netloc != environ.get("HTTP_HOST")


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_foreign() -> None:
        if request.method not in READING and is_foreign(request.environ):
            app.logger.warning("a change from another origin was refused: %s", request.endpoint)
            raise ForbiddenError("这个请求来自别的网站，没有执行。请从本平台的页面上操作")
