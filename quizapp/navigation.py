"""The main navigation and the tabs of a section, for whoever is signed in: as the `NAV` lists of the features say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from flask import g, request, url_for

from quizapp.i18n import _


@dataclass(frozen=True)
class NavEntry:
    """One entry of the navigation, as a feature's `NAV` list gives it. `count`: what waits there.

    An entry with `under` stands below that section instead of beside it: its count is part of the other's, and both
    are tabs on their first pages (the entry's own, or those that it names as `tabs_on`).
    """

    endpoint: str
    label: str
    address: str
    icon: str
    current: bool
    count: int = 0


class Navigation:
    def __init__(self, views: Sequence[ModuleType]) -> None:
        self.entries = sorted((entry for module in views for entry in getattr(module, "NAV", [])), key=lambda e: e["order"])
        # what waits behind an entry of a lower feature
        self.behind = [one for module in views for one in getattr(module, "WAITING", {}).items()]

    def waiting(self, section: str) -> int:
        """How much waits in that section for whoever is signed in; asked once a request."""
        known: dict[str, int] = g.setdefault("waiting", {})
        if section not in known:
            known[section] = sum(count(g.actor) for name, count in self.behind if name == section)
        return known[section]

    def main(self, section: str) -> list[NavEntry]:
        """The main navigation; `section` is the one that the page is in."""
        mine = self._own()
        tops = {e["section"] for e, _count in mine if "under" not in e}
        group = {e["section"]: e["under"] for e, _count in mine if e.get("under") in tops}
        return [
            _entry(e, current=e["section"] == group.get(section, section),
                   count=count + sum(n for one, n in mine if group.get(one["section"]) == e["section"]))
            for e, count in mine if e["section"] not in group
        ]

    def tabs(self, section: str) -> list[NavEntry]:
        """On the first page of a section that has others below it, or is one of them: all of these."""
        mine = self._own()
        top = next((e.get("under", section) for e, _count in mine if e["section"] == section), section)
        near = [(e, count) for e, count in mine if top in (e["section"], e.get("under"))]
        shown = {page for e, _count in near for page in e.get("tabs_on", (e["endpoint"],))}
        if len(near) < 2 or request.endpoint not in shown:
            return []
        return [_entry(e, current=e["section"] == section, count=count) for e, count in near]

    def _own(self) -> list[tuple[dict[str, Any], int]]:
        """What this person may open, in order, with what waits there; asked once a request."""
        person = g.get("actor")
        if person is None:
            return []
        if "entries" not in g:
            g.entries = [(e, (e["count"](person) if "count" in e else 0) + self.waiting(e["section"]))
                         for e in self.entries if not e["roles"] or person.has(*e["roles"])]
        found: list[tuple[dict[str, Any], int]] = g.entries
        return found


def _entry(e: dict[str, Any], *, current: bool, count: int) -> NavEntry:
    return NavEntry(e["endpoint"], _(e["label"]), url_for(e["endpoint"]), e["icon"], current, count)
