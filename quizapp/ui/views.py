"""The component gallery: every component in every state, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response

from quizapp.access import public
from quizapp.ui.pages import Page, render

bp = Blueprint("ui", __name__, template_folder="templates")


@dataclass(frozen=True)
class GalleryPage(Page):
    template: ClassVar[str] = "ui/gallery.html"
    styles: ClassVar[tuple[str, ...]] = ("page-gallery",)


@bp.get("/gallery")
@public
def gallery() -> Response:
    return render(GalleryPage())
