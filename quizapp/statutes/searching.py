"""The search of the library and the list of laws, as the first page shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import request, url_for
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.i18n import _
from quizapp.statutes import queries
from quizapp.statutes.pages import ArticleFound, KindTab, LawHit, Results
from quizapp.statutes.queries import SHOWN, ArticleHit, LawRow
from quizapp.statutes.rules.naming import KIND_NAMES
from quizapp.statutes.rules.searching import Query, snippet
from quizapp.statutes.search_index import grams_of
from quizapp.statutes.wording import article_words

LONGEST = 200  # characters of a search
MOST_PAGES = 1_000
TEXT_FILTERS = ("with", "without")


def typed_search() -> str:
    """What was typed, without what cannot be seen."""
    return "".join(sign for sign in request.args.get("q", "") if sign.isprintable())[:LONGEST].strip()


def results_of(session: Session, typed: str, old: bool) -> Results:
    """The page of results that the address asks for; the last one where it asks for a later one."""
    page = min(max(request.args.get("page", 1, int), 1), MOST_PAGES)
    found = queries.search(session, typed, clock.today(), old=old, offset=(page - 1) * SHOWN)
    if page > 1 and not found.hits:
        total = queries.search(session, typed, clock.today(), old=old, limit=1).total
        page = max(1, -(-total // SHOWN))
        found = queries.search(session, typed, clock.today(), old=old, offset=(page - 1) * SHOWN)
    pages = max(1, -(-found.total // SHOWN))
    words = found.query.words
    too_short = bool(words) and not any(grams_of(word) for word in words)
    return Results(_law_hits(session, found.laws), [_article_found(hit, found.query) for hit in found.hits], found.total,
                   page, pages, too_short, _pager(typed, old, page, pages))


def _law_hits(session: Session, names: Sequence[str]) -> list[LawHit]:
    rows = {row.name: row for row in queries.law_rows(session, names)} if names else {}
    found = [rows[name] for name in names if name in rows]
    return [LawHit(row.title, _(KIND_NAMES[row.kind]), url_for("statutes.law", name=row.name), row.version, row.versions)
            for row in found]


def _article_found(hit: ArticleHit, query: Query) -> ArticleFound:
    address = url_for("statutes.article", name=hit.law, version=hit.version, number=hit.number)
    return ArticleFound(hit.law, article_words(hit.number), address, hit.version, hit.in_force, " ".join(hit.path),
                        snippet(hit.text, query.words))


def _pager(typed: str, old: bool, page: int, pages: int) -> dict[str, str]:
    def address(number: int) -> str:
        return url_for("statutes.laws", q=typed, old=1 if old else None, page=number if number > 1 else None)

    around = {"before": page - 1, "after": page + 1}
    return {name: address(number) for name, number in around.items() if 1 <= number <= pages}


# ---------------------------------------------------------------- browsing


def tabs_of(rows: Sequence[LawRow]) -> list[KindTab]:
    """All laws, and each kind that there are laws of."""
    counted = Counter(row.kind for row in rows)
    return [KindTab("", _("全部"), len(rows)),
            *(KindTab(kind, _(name), counted[kind]) for kind, name in KIND_NAMES.items() if counted[kind])]


def kept_rows(rows: Sequence[LawRow], kind: str, name: str, text: str) -> list[LawRow]:
    """The laws of a kind whose title has all the words, with text or without; empty filters keep everything."""
    return [
        row for row in rows
        if (not kind or row.kind == kind) and all(word in row.title for word in name.split())
        and (text not in TEXT_FILTERS or row.has_text == (text == "with"))
    ]


