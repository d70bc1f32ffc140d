"""The forms that the pages of the product offer, by the route that they go to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import lxml.html
from lxml.html import HtmlElement
from werkzeug.exceptions import HTTPException

from tests.fuzz.arena import Arena
from tests.permissions.bodies import FORMS
from tests.permissions.matrix import NOBODY, Matrix, Row

NOT_FILLED = ("csrf_token",)


@dataclass
class Form:
    """What a browser would send. `fields`: name → values as the page proposes them; `files`: names of file fields."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    seen: bool = False  # on a page, not only in the permission tests

    def take(self, form: HtmlElement) -> None:
        self.seen = True
        for control in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name] | .//button[@name]"):
            name = control.get("name")
            if control.get("type") == "file":
                self.files.add(name)
            elif name not in NOT_FILLED:
                for value in values_of(control):
                    if value not in self.fields.setdefault(name, []):
                        self.fields[name].append(value)


def values_of(control: HtmlElement) -> list[str]:
    """The value that is proposed first; every value that may be chosen."""
    if control.tag == "select":
        options = control.xpath(".//option")
        chosen = [option for option in options if option.get("selected") is not None]
        return [option.get("value", option.text_content()) for option in (*chosen, *options)][:6]
    return [control.text or ""] if control.tag == "textarea" else [control.get("value", "")]


def forms_of(arena: Arena, matrix: Matrix) -> dict[str, Form]:
    """Route → its form: from every page that every role may open, completed by what the permission tests send."""
    found: dict[str, Form] = {}
    for row in matrix.rows:
        if row.method == "GET":
            for role in row.who:
                for route, element in _offered(arena, row, role):
                    found.setdefault(route, Form()).take(element)
    for row in matrix.rows:
        if row.method == "POST":
            form = found.setdefault(row.route, Form())
            for name, value in FORMS.get(row.route, {}).items():
                form.fields[name] = [str(value), *form.fields.get(name, [])]
    return found


def _offered(arena: Arena, row: Row, role: str) -> Iterator[tuple[str, HtmlElement]]:
    """(route, form) of every form on this page that is posted."""
    address = arena.address(row, role)
    answer = arena.ask(role if role != NOBODY else NOBODY, "GET", address)
    if answer.mimetype != "text/html" or answer.status_code != 200:
        return
    page = lxml.html.document_fromstring(answer.get_data(as_text=True))
    router = arena.world.app.url_map.bind("localhost")
    actions = [(form.get("action", ""), form) for form in page.xpath("//form[translate(@method, 'POST', 'post')='post']")]
    # a button may send its form elsewhere
    actions += [(button.get("formaction"), button.getparent()) for button in page.xpath("//button[@formaction]")]
    for action, form in actions:
        try:
            route, _values = router.match(urlsplit(urljoin(address, action)).path, method="POST")
        except HTTPException:
            continue
        yield route, form
