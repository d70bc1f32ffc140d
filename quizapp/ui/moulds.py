"""HTML that is rendered once and filled for every reader.

A paper of fifty questions differs from person to person in numbers and order alone. Its words are rendered once
in a process, with gaps; filling them in is a join of strings. What goes into a gap is escaped as in a template.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import itemgetter
from threading import Lock
from typing import Generic, TypeVar

from flask import current_app
from markupsafe import Markup, escape

# nobody can write a gap into a text: the sign is drawn anew in each process
_SIGN = secrets.token_hex(8)
# within a translated sentence the template has escaped it
_GAP = re.compile(f"(?:<|&lt;){_SIGN}:([a-z0-9_]+)(?:>|&gt;)")

_SAFE = {Markup}


def gap(name: str) -> Markup:
    """Stands in a template for what is filled in later."""
    return Markup(f"<{_SIGN}:{name}>")  # noqa: S704 - a sign of our own, replaced before anybody sees it


class Mould:
    """Rendered HTML with named gaps."""

    def __init__(self, html: str) -> None:
        self._pieces = _GAP.split(html)
        self._names = self._pieces[1::2]
        self._pick = itemgetter(*self._names) if len(self._names) > 1 else self._few

    def _few(self, values: Mapping[str, object]) -> Sequence[object]:
        return [values[name] for name in self._names]

    def fill(self, values: Mapping[str, object]) -> Markup:
        """The HTML for one reader. Raises KeyError for a gap without a value."""
        picked = self._pick(values)
        if not _SAFE.issuperset(map(type, picked)):
            picked = [value if type(value) is Markup else escape(value) for value in picked]
        pieces = self._pieces.copy()
        pieces[1::2] = picked
        return Markup("".join(pieces))  # noqa: S704 - rendered by a template, and every value escaped above


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, to be called in the language of this request."""
    found: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return found


def cast(template: str, name: str, *arguments: object) -> Mould:
    """A macro of a template as a mould."""
    return Mould(macro(template, name)(*arguments))


Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """What was cast and used last, by name."""

    def __init__(self, most: int = 4096) -> None:
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._most = most
        self._lock = Lock()

    def get(self, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """What has this name, made where it is not kept."""
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
                return found
        made = make()
        with self._lock:
            self._kept[name] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
