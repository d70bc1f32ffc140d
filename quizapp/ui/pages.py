"""Typed pages: a frozen dataclass names exactly what its template may use."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from flask import Response, make_response, render_template, request


@dataclass(frozen=True)
class Page:
    """Root of every page. `template` is its path; `head` names extra style sheets and modules it needs."""

    template: ClassVar[str]
    styles: ClassVar[tuple[str, ...]] = ()
    modules: ClassVar[tuple[str, ...]] = ()
    section: ClassVar[str] = ""


def render(page: Page, status: int = 200) -> Response:
    """The page as HTML. Its fields, and nothing else, are the names that the template knows."""
    values = {field.name: getattr(page, field.name) for field in fields(page)}
    html = render_template(page.template, page=page, **values)
    return make_response(html, status)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.is_json
