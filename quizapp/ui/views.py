"""The component gallery: every component in every state, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response

from quizapp.access import public
from quizapp.i18n import N_
from quizapp.ui import samples
from quizapp.ui.pages import Page, render

bp = Blueprint("ui", __name__, template_folder="templates")

COLOURS = (
    ("paper", N_("素 页面")), ("surface", N_("底 纸面")), ("sunken", N_("凹 表头")), ("ink", N_("墨 文字")),
    ("edge", N_("边 控件")), ("line", N_("线 分隔")), ("brand", N_("石青 操作")), ("brand-tint", N_("石青浅 选中")),
    ("ok", N_("石绿 合格")), ("warn-fill", N_("藤黄 标记")), ("err", N_("朱 更正")), ("proof", N_("依据 高亮")),
)


@dataclass(frozen=True)
class GalleryPage(Page):
    template: ClassVar[str] = "ui/gallery.html"
    styles: ClassVar[tuple[str, ...]] = ("page-gallery",)

    sides: Sequence[samples.Side]
    theme_names: dict[str, str]
    colours: Sequence[tuple[str, str]]
    stem: Sequence[samples.StemRun]
    changed: Sequence[samples.TextRun]


@bp.get("/gallery")
@public
def gallery() -> Response:
    names = {theme: samples.theme_name(theme) for theme in samples.THEMES}
    return render(GalleryPage([samples.side(theme) for theme in samples.THEMES], names, COLOURS, samples.STEM,
                              samples.CHANGED))
