"""From the rows of the library to what its pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.i18n import _
from quizapp.jobs.models import Job
from quizapp.statutes import queries
from quizapp.statutes.citing import Reference
from quizapp.statutes.models import Law, LawArticle, LawVersion
from quizapp.statutes.pages import (
    ArticlePage,
    BlockView,
    ComparedView,
    ComparePage,
    ContentsView,
    Cord,
    DifferingVersion,
    ImportedVersion,
    KinLine,
    ProblemLine,
    VersionHead,
    VersionPage,
)
from quizapp.statutes.rules.comparing import ComparedLine, counts_of, lines_of
from quizapp.statutes.rules.naming import title_parts
from quizapp.statutes.rules.numbering import SPECIAL, article_name
from quizapp.statutes.rules.outline import Block, ContentsLine, blocks_of, contents_of, laid_out
from quizapp.statutes.rules.versions import (
    ArticleChange,
    compare,
    compare_fingerprints,
    in_force_on,
    next_after,
    standing_on,
)
from quizapp.statutes.wording import (
    CHANGE_NAMES,
    CHANGE_TAGS,
    STANDING_NAMES,
    STANDING_TAGS,
    article_words,
    day_words,
    ending_words,
    numbers_words,
    range_words,
)

# ---------------------------------------------------------------- a version


def head_of(law: Law, versions: Sequence[LawVersion], version: LawVersion) -> VersionHead:
    """What stands above a version, as of today."""
    today = clock.today()
    current = in_force_on(versions, today)
    standing = standing_on(versions, version, today)
    successor = next_after(versions, version.version)
    over = standing == "ended" or version.ends_on is not None
    facts = [(_("制定机关"), law.issuer or _("未载明")), (_("通过日期"), day_words(version.adopted)),
             (_("公布日期"), day_words(version.published)), (_("施行日期"), day_words(version.in_force_since))]
    return VersionHead(law, title_parts(law.title), version, standing, _(STANDING_NAMES[standing]), STANDING_TAGS[standing],
                       ending_words(version, successor) if over else "", current, facts, cord_of(versions, version, current))


def version_page(
    session: Session, head: VersionHead, versions: Sequence[LawVersion], works: bool, may_import: bool
) -> VersionPage:
    """The whole version; what only the register says of it is for those whose work it is."""
    version = head.version
    rows = queries.articles_of(session, version.law, version.version)
    blocks = blocks_of((row.number, row.path, row.text) for row in rows)
    address = url_for("statutes.version", name=version.law, version=version.version)
    return VersionPage(head, block_views(blocks, address), contents_views(contents_of(blocks)), compare_address(versions, version),
                       registered_words(version, rows) if works else "", version.note if works else "", may_import)


def cord_of(versions: Sequence[LawVersion], shown: LawVersion, current: LawVersion | None) -> Cord:
    def label(one: LawVersion) -> str:
        day = one.version.isoformat()
        return _("%(version)s 现行", version=day) if current is not None and one.version == current.version else day

    return [(label(one), url_for("statutes.version", name=one.law, version=one.version), one.version == shown.version)
            for one in versions]


def block_views(blocks: Sequence[Block], address: str) -> list[BlockView]:
    """Articles for the page; `address` is that of the version, below which each has its own."""
    return [BlockView(block.headings, block.number, article_name(block.number) if block.named else "", block.level,
                      f"{address}/{block.number}", block.paragraphs) for block in blocks]


def contents_views(lines: Sequence[ContentsLine]) -> list[ContentsView]:
    return [ContentsView(line.heading.id, line.heading.words, line.heading.level - 2, _short_range(line.first, line.last))
            for line in lines]


def _short_range(first: str, last: str) -> str:
    if first in SPECIAL:
        return ""
    return first if first == last else f"{first}–{last}"


def registered_words(version: LawVersion, rows: Sequence[LawArticle]) -> str:
    """What the register says of an imported text; empty where it has no fingerprints to compare."""
    if version.imported_at is None or not any(row.registered for row in rows):
        return ""
    differing = [row.number for row in rows if row.registered != row.fingerprint or row.text is None]
    if not differing:
        return _("每一条都与登记的指纹一致")
    return _("与登记的指纹不同：%(articles)s。用它们证明的答案要重新核对", articles=numbers_words(differing))


def compare_address(versions: Sequence[LawVersion], version: LawVersion) -> str | None:
    """Where the changes since the version before are shown; None for the first version."""
    earlier = [one for one in versions if one.version < version.version]
    if not earlier:
        return None
    return address_of_comparison(version.law, earlier[-1].version, version.version)


def address_of_comparison(name: str, before: date, after: date) -> str:
    # a keyword of Python, so that it has to come by name
    ends: dict[str, Any] = {"from": before, "to": after}
    return url_for("statutes.compare", name=name, **ends)


# ---------------------------------------------------------------- an article


def article_page(
    session: Session, head: VersionHead, versions: Sequence[LawVersion], row: LawArticle, span: tuple[int, int] | None,
    cited: list[Reference] | None, may_import: bool,
) -> ArticlePage:
    """The article with its neighbours and its kin. `span`: positions in the normal form that are to be marked."""
    address = url_for("statutes.version", name=row.law, version=row.version)
    before, after = neighbours(address, queries.numbers_of(session, row.law, row.version), row.number)
    paragraphs = laid_out(row.text, span) if row.text is not None else None
    lost = span is not None and not any(run.hit for paragraph in paragraphs or () for run in paragraph.runs)
    kin = kin_lines(versions, row, queries.kin_of(session, row))
    there = next((line.address for line in kin if head.current and line.version == head.current.version), None)
    return ArticlePage(head, row, article_words(row.number), article_name(row.number), paragraphs, lost, kin,
                       there or url_for("statutes.law", name=row.law), before, after, cited, may_import)


def kin_lines(
    versions: Sequence[LawVersion], article: LawArticle, kin: Mapping[date, Mapping[str, str]]
) -> list[KinLine]:
    """The article in the other versions of its law. `kin` as `queries.kin_of` gives it."""
    return [_kin_line(article, one, kin.get(one.version, {})) for one in versions if one.version != article.version]


def _kin_line(article: LawArticle, other: LawVersion, found: Mapping[str, str]) -> KinLine:
    same_words = [number for number, digest in found.items() if digest == article.fingerprint]
    number = article.number if article.number in same_words else next(iter(same_words), article.number)
    if number != article.number:
        state, words = "moved", _("在那里是%(article)s，文字未改", article=article_words(number))
    elif same_words:
        state, words = "same", _("未改")
    elif number in found:
        state, words = "changed", _("文字不同")
    else:
        state, words = "gone", _("没有这一条") if other.article_count or found else _("没有文本，无从比较")
    pair = sorted((article.version, other.version))
    address = None if state == "gone" else url_for("statutes.article", name=article.law, version=other.version, number=number)
    later = article.number if pair[1] == article.version else number
    compared = address_of_comparison(article.law, pair[0], pair[1]) + f"#c{later}"
    return KinLine(other.version, words, state, address, compared)


def neighbours(address: str, numbers: Sequence[str], number: str) -> list[tuple[str, str] | None]:
    """The article before and the one after: (words, address)."""
    place = numbers.index(number)
    around = (numbers[place - 1] if place else None, numbers[place + 1] if place + 1 < len(numbers) else None)
    return [None if one is None else (article_words(one), f"{address}/{one}") for one in around]


# ---------------------------------------------------------------- two versions


def changes_between(
    session: Session, before: LawVersion, after: LawVersion
) -> tuple[list[ArticleChange], dict[str, str], dict[str, str]]:
    """What changed, and the texts of both sides: none where one of them has no text and fingerprints are compared."""
    rows = [queries.articles_of(session, one.law, one.version) for one in (before, after)]
    if before.imported_at is None or after.imported_at is None:
        old, new = ({row.number: row.fingerprint for row in side} for side in rows)
        return compare_fingerprints(old, new), dict.fromkeys(old, ""), dict.fromkeys(new, "")
    old, new = ({row.number: row.text for row in side if row.text is not None} for side in rows)
    return compare(old, new), old, new


def compare_page(
    session: Session, law: Law, versions: list[LawVersion], before: LawVersion, after: LawVersion, only: bool
) -> ComparePage:
    """The comparison of two versions; `only` leaves out what did not change."""
    changes, old, new = changes_between(session, before, after)
    lines = [line for line in lines_of(changes, old, new) if not only or line.kind != "same"]
    counts = [(_(CHANGE_NAMES[kind]), count) for kind, count in counts_of(changes).items()]
    by_words = before.imported_at is not None and after.imported_at is not None
    return ComparePage(law, versions, before, after, by_words, only, counts, compared_views(lines, before, after))


def compared_views(lines: Sequence[ComparedLine], before: LawVersion, after: LawVersion) -> list[ComparedView]:
    addresses = [url_for("statutes.version", name=one.law, version=one.version) for one in (before, after)]
    return [_compared(line, *addresses) for line in lines]


def _compared(line: ComparedLine, before: str, after: str) -> ComparedView:
    old = range_words(*line.old) if line.old else ""
    new = range_words(*line.new) if line.new else ""
    anchor = line.new[0] if line.new else f"{line.old[0]}-gone" if line.old else ""
    return ComparedView(
        line.kind, _(CHANGE_NAMES[line.kind]), CHANGE_TAGS[line.kind], anchor,
        old, f"{before}/{line.old[0]}" if line.old else "", new, f"{after}/{line.new[0]}" if line.new else "",
        _folded(line, old, new), line.left, line.right,
    )


def _folded(line: ComparedLine, old: str, new: str) -> str:
    """The line in words where it shows no wordings."""
    if line.kind == "same":
        return _("%(articles)s未改", articles=new)
    if line.kind == "moved":
        return _("原%(old)s改为%(new)s，文字未改", old=old, new=new)
    return ""


# ---------------------------------------------------------------- an import


def import_figures(job: Job) -> list[tuple[str, int]]:
    names = (("added", _("新增版本")), ("replaced", _("更新版本")), ("articles", _("写入条文")), ("unchanged", _("已导入过的文件")),
             ("problems", _("没有导入的文件")))
    return [(label, job.result["values"][key]) for key, label in names]


def problem_lines(listed: Sequence[Mapping[str, Any]]) -> list[ProblemLine]:
    return [ProblemLine(one["file"], one["line"], _(one["message"], **one["values"])) for one in listed]


def imported_versions(job: Job) -> list[ImportedVersion]:
    """What was brought, first the versions that are not as registered, then those that are, then the others."""
    listed = sorted(job.result["report"]["versions"], key=lambda one: (not one["differing"], one["confirmed"] is None))
    return [
        ImportedVersion(one["law"], date.fromisoformat(one["version"]), _("新增") if one["what"] == "added" else _("更新"),
                        *_register_words(one)) for one in listed
    ]


def _register_words(one: Mapping[str, Any]) -> tuple[str, str]:
    if one["differing"]:
        return _("%(n)s 条与登记不同", n=len(one["differing"])), "warn"
    if one["confirmed"] is not None:
        return _("%(n)s 条，与登记一致", n=one["confirmed"]), "ok"
    return _("没有登记"), ""


def differing_versions(job: Job) -> list[DifferingVersion]:
    found = []
    for one in job.result["report"]["versions"]:
        if one["differing"]:
            address = url_for("statutes.version", name=one["law"], version=one["version"])
            articles = [(article_words(number), f"{address}/{number}") for number in one["differing"]]
            found.append(DifferingVersion(one["law"], date.fromisoformat(one["version"]), articles))
    return found
