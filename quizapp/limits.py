"""How often one person may ask for what costs much. Saving, starting and handing in are not among it: an exam is
never slowed.

Counted in each server process by itself, without a word to the database: a bound on what one person can cost, exact
only to the number of processes. It goes by the person, so that a room behind one address is not one person; who has
not signed in gets none of it, and sign-in has brakes of its own (people/rules/sign_in.py).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from flask import Flask, current_app, g, request

from quizapp import clock
from quizapp.kernel.errors import TooManyError

WINDOW = 60  # seconds
REMEMBERED = 20_000  # people; whoever was not heard of for longest goes first
# a minute; the paper is read again at every reload, and a candidate whose browser crashes again and again stays below
BUDGETS = {"search": 90, "export": 30, "upload": 30, "questions": 120}
EXPORTS = frozenset({"reports.export", "reports.exported", "filings.file", "filings.written", "paper_exams.template", "people.import_problems"})
LOOKUPS = 30  # a minute from one address, of pages that say without an account whether a paper is genuine
QUESTIONS = frozenset({"attempts.take", "attempts.result", "questions.item"})


@dataclass
class Counter:
    """How many of one kind in the running window, for whoever is remembered."""

    _seen: OrderedDict[Hashable, tuple[float, int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: Hashable, now: float) -> tuple[int, int]:
        """Count one more: how many it makes in this window, and for how many seconds the window still lasts."""
        with self._lock:
            began, count = self._seen.pop(key, (now, 0))
            if now - began >= WINDOW or now < began:
                began, count = now, 0
            self._seen[key] = began, count + 1
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            return count + 1, max(1, round(began + WINDOW - now))


def kind_of_request() -> str | None:
    """What a request is counted as, if anything."""
    if request.method == "POST" and request.mimetype == "multipart/form-data":
        # a sealed file of answers has a bound of its own: five of an attempt
        return None if request.blueprint == "attempts" else "upload"
    if request.method != "GET":
        return None
    if "download" in request.args or request.endpoint in EXPORTS:
        return "export"
    if request.args.get("q"):
        return "search"
    return "questions" if request.endpoint in QUESTIONS else None


def count_lookup() -> None:
    """For whoever asks with number and code and need not sign in: nobody finds a code by trying. One count for all
    such pages. Raises TooManyError above `LOOKUPS`."""
    counter: Counter = current_app.extensions["limits"]
    count, wait = counter.take(("lookup", request.remote_addr), clock.now().timestamp())
    if count > LOOKUPS and current_app.config["RATE_LIMITS"]:
        raise TooManyError("查得太多了，请 %(n)s 秒后再查", n=wait)


def init_app(app: Flask) -> None:
    """After it is known who is there. Raises TooManyError above the budget, with the seconds to wait."""
    counter = app.extensions["limits"] = Counter()

    @app.before_request
    def count() -> None:
        kind = kind_of_request() if app.config["RATE_LIMITS"] and g.get("actor") is not None else None
        if kind is None:
            return
        count, wait = counter.take((kind, g.actor.id), clock.now().timestamp())
        if count > BUDGETS[kind]:
            if count == BUDGETS[kind] + 1:
                app.logger.warning("too many requests of the kind %s from the person %s", kind, g.actor.id)
            raise TooManyError("你在一分钟里要得太多了，请 %(n)s 秒后再试；考试里的保存和交卷不受影响", n=wait)
