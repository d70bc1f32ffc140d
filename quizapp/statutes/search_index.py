"""The index behind the search: pairs of neighbouring characters, so that two-character words are found.

SQLite keeps them in an FTS5 table, PostgreSQL in a tsvector under a GIN index. Neither keeps the places of the
pairs: longer words are proved on the text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Integer, column, literal_column, select, table, text
from sqlalchemy.orm import Session

from quizapp.statutes.models import LawArticle
from quizapp.statutes.rules.wording import normal_form

BATCH = 5_000


def grams_of(words: str) -> list[str]:
    """The distinct pairs of neighbouring letters, ideographs and digits, in lower case."""
    plain = normal_form(words).lower()
    pairs = dict.fromkeys(plain[place : place + 2] for place in range(len(plain) - 1))
    return [pair for pair in pairs if pair.isalnum()]


def add(session: Session, articles: Iterable[tuple[int, str]]) -> None:
    """Index articles: (id, text)."""
    rows = [{"id": id_, "grams": " ".join(grams_of(words))} for id_, words in articles]
    statement = text(
        "insert into law_search (article_id, grams) values (:id, array_to_tsvector(string_to_array(:grams, ' ')))"
        if is_postgresql(session) else "insert into law_search (rowid, grams) values (:id, :grams)"
    )
    for start in range(0, len(rows), BATCH):
        session.execute(statement, rows[start : start + BATCH])


def remove(session: Session, articles: Sequence[tuple[int, str]]) -> None:
    """Take articles out again; SQLite needs the text that was indexed."""
    if not articles:
        return
    if is_postgresql(session):
        session.execute(text("delete from law_search where article_id = :id"), [{"id": id_} for id_, _ in articles])
        return
    session.execute(
        text("insert into law_search (law_search, rowid, grams) values ('delete', :id, :grams)"),
        [{"id": id_, "grams": " ".join(grams_of(words))} for id_, words in articles],
    )


def tidy(session: Session) -> None:
    """After much was written: merge what PostgreSQL put aside, and let it count anew; SQLite needs neither."""
    if is_postgresql(session):
        session.execute(text("select gin_clean_pending_list('ix_law_search_grams')"))
        session.execute(text("analyze law_search, law_article, law_version"))


def containing(session: Session, words: Sequence[str]) -> ColumnElement[bool]:
    """The condition on LawArticle that all pairs of all these words occur; words have two characters or more."""
    grams = list(dict.fromkeys(gram for word in words for gram in grams_of(word)))
    if is_postgresql(session):
        found = table("law_search", column("article_id", Integer), column("grams"))
        query = " & ".join(f"'{gram}'" for gram in grams)
        condition = text("law_search.grams @@ cast(:law_search_query as tsquery)").bindparams(law_search_query=query)
        return LawArticle.id.in_(select(found.c.article_id).where(condition))
    found = table("law_search", column("rowid", Integer))
    query = " AND ".join(f'"{gram}"' for gram in grams)
    condition = text("law_search MATCH :law_search_query").bindparams(law_search_query=query)
    return LawArticle.id.in_(select(literal_column("law_search.rowid")).select_from(found).where(condition))


def is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
