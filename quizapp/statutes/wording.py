"""Articles, dates and states of the law library in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from quizapp.i18n import N_, _, language, pick
from quizapp.statutes.models import LawVersion
from quizapp.statutes.rules.numbering import SPECIAL, article_name
from quizapp.statutes.rules.versions import Change, Standing

STANDING_NAMES: dict[Standing, str] = {"in_force": N_("现行有效"), "coming": N_("尚未施行"), "ended": N_("已不施行")}
STANDING_TAGS: dict[Standing, str] = {"in_force": "ok", "coming": "warn", "ended": ""}
CHANGE_NAMES: dict[Change, str] = {
    "changed": N_("有修改"), "new": N_("新增"), "gone": N_("已删去"), "moved": N_("只改条号"), "same": N_("未改"),
}
CHANGE_TAGS: dict[Change, str] = {"changed": "brand", "new": "ok", "gone": "err", "moved": "", "same": ""}
SPECIAL_NAMES = (N_("序言"), N_("附件"), N_("全文"))  # of rules.numbering.SPECIAL


def article_words(number: str) -> str:
    """「133-1」 as 第一百三十三条之一, in English as Article 133-1."""
    return _(SPECIAL[number]) if number in SPECIAL else pick(article_name(number), f"Article {number}")


def range_words(first: str, last: str) -> str:
    """Neighbouring articles by the first and the last of them."""
    if first == last:
        return article_words(first)
    return _("%(first)s至%(last)s", first=article_words(first), last=article_words(last))


def day_words(value: date | None) -> str:
    """A date with its year; what neither text nor register says is said to be so."""
    if value is None:
        return _("未载明")
    return f"{value.day} {value:%b} {value.year}" if language() == "en" else f"{value.year} 年 {value.month} 月 {value.day} 日"


def day_short(value: date | None) -> str:
    """The same for tables."""
    return value.isoformat() if value else _("未载明")


def ending_words(version: LawVersion, successor: LawVersion | None) -> str:
    """Since when and by what a version is no longer in force; empty while nothing is known of an end."""
    if version.ends_on is None:
        return _("被 %(version)s 版本代替，从哪一天起未载明", version=successor.version.isoformat()) if successor else ""
    day = day_words(version.ends_on)
    if version.ended_by == version.law and successor is not None:
        return _("%(day)s起由 %(version)s 版本代替", day=day, version=successor.version.isoformat())
    if version.ended_by and version.ended_by != version.law:
        return _("%(day)s起废止，由《%(law)s》规定", day=day, law=version.ended_by)
    return _("%(day)s起不再施行", day=day)


def numbers_words(numbers: Sequence[str], most: int = 12) -> str:
    """Articles in a row, the first of many."""
    shown = _("、").join(map(article_words, numbers[:most]))
    return _("%(articles)s等 %(n)s 条", articles=shown, n=len(numbers)) if len(numbers) > most else shown
