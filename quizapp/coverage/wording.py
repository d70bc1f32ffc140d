"""Counts, grounds and suggestions in sentences, and the columns of the tables."""

from __future__ import annotations

from quizapp.coverage.rules import FEW_ITEMS, Count, Line, Suggestion
from quizapp.i18n import _
from quizapp.kernel.withholding import SMALL
from quizapp.statutes.wording import article_words
from quizapp.ui.tables import Column


def wrong_words(count: Count) -> str:
    """38.00%, or why there is no share."""
    if not count.people:
        return "—"
    if count.wrong is None:
        return _("不足 %(n)s 人", n=SMALL)
    return str(count.wrong)


def interval_words(count: Count) -> str:
    found = count.interval
    return "—" if found is None else f"{found.low}%–{found.high}%"


def place_words(line: Line) -> str:
    return _("《%(law)s》%(article)s", law=line.law, article=article_words(line.article) if line.article else "")


def suggestion_words(one: Suggestion, year: int) -> str:
    line = one.line
    if one.ground == "not_asked":
        return _("%(place)s：列入 %(year)s 年学习内容，题库有 %(n)s 题，当年考试没有考到。", place=place_words(line), year=year, n=line.bank)
    if one.ground == "no_items":
        return _("%(place)s：列入 %(year)s 年学习内容，题库没有题，考不了；先补题。", place=place_words(line), year=year)
    said = _("%(place)s：作答 %(n)s 人次，答错 %(wrong)s（95%% 置信区间 %(interval)s）；", place=place_words(line),
             n=f"{line.count.marked:,}", wrong=wrong_words(line.count), interval=interval_words(line.count))
    taught = "" if line.taught else _("今年没有列入学习内容，")
    stock = _("题库只有 %(n)s 题，先补题再考。", n=line.bank) if line.bank < FEW_ITEMS else _("题库有 %(n)s 题，可以再考。", n=line.bank)
    return said + taught + stock


def taught_words(line: Line) -> str:
    return {"law": _("点名"), "subject": _("按科目"), "": "—"}[line.taught]


def number_columns(taught: bool) -> list[Column[Line]]:
    """What a law and an article have in common. Shares are numbers in files, with the reason on the page where there is none."""
    columns: list[Column[Line]] = [
        Column("taught", _("学习计划"), taught_words, "short"),
        Column("bank", _("题库"), lambda line: line.bank, kind="number", base=_("已发布的题")),
        Column("asked", _("考到"), lambda line: line.asked, kind="number", base=_("卷上的题")),
        Column("answers", _("作答人次"), lambda line: None if line.count.is_small else line.count.marked, kind="number",
               show=lambda line: "—" if line.count.is_small else f"{line.count.marked:,}", base=_("已评分的")),
        Column("wrong", _("答错"), _share, kind="number", show=lambda line: wrong_words(line.count),
               base=_("没有得满分 ÷ 作答")),
        Column("interval", _("95% 置信区间"), lambda line: interval_words(line.count), "short", sortable=False),
    ]
    return columns if taught else columns[1:]


def _share(line: Line) -> float | None:
    wrong = line.count.wrong
    return None if wrong is None or wrong.percent is None else float(wrong.percent)
