"""Reading the law library."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Select,
    String,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, aliased

from quizapp.kernel.errors import NotFoundError
from quizapp.statutes import search_index
from quizapp.statutes.models import Law, LawArticle, LawVersion
from quizapp.statutes.rules.naming import KIND_NAMES
from quizapp.statutes.rules.numbering import article_name
from quizapp.statutes.rules.searching import Query, read_query
from quizapp.statutes.rules.versions import in_force_on

SHOWN = 20


# ---------------------------------------------------------------- laws and versions


@dataclass(frozen=True, slots=True)
class LawRow:
    """A law as lists show it, with its latest version. `versions` counts them, `has_text` says of the latest."""

    name: str
    title: str
    kind: str
    issuer: str
    versions: int
    version: date
    in_force_since: date | None
    ends_on: date | None
    articles: int | None
    has_text: bool


def law_rows(session: Session, wanted: Collection[str] | None = None) -> list[LawRow]:
    """All laws, or those of these short names, by rank and name, in one query."""
    versions: dict[str, list[LawVersion]] = {}
    laws: dict[str, Law] = {}
    query = select(Law, LawVersion).join(LawVersion, LawVersion.law == Law.name)
    for law, version in session.execute(query if wanted is None else query.where(Law.name.in_(wanted))):
        laws[law.name] = law
        versions.setdefault(law.name, []).append(version)
    rows = []
    for name, law in laws.items():
        latest = max(versions[name], key=lambda one: one.version)
        rows.append(LawRow(name, law.title, law.kind, law.issuer, len(versions[name]), latest.version,
                           latest.in_force_since, latest.ends_on, latest.article_count, latest.imported_at is not None))
    rank = {kind: place for place, kind in enumerate(KIND_NAMES)}
    return sorted(rows, key=lambda row: (rank.get(row.kind, 99), row.name))


def counts(session: Session) -> tuple[int, int, int]:
    """Laws, versions with text, articles with text."""
    laws = session.scalar(select(func.count()).select_from(Law)) or 0
    versions = session.scalar(select(func.count()).select_from(LawVersion).where(LawVersion.imported_at.is_not(None))) or 0
    articles = session.scalar(select(func.count()).select_from(LawArticle).where(LawArticle.text.is_not(None))) or 0
    return laws, versions, articles


def names(session: Session) -> dict[str, str]:
    """Every name by which a law is known → its short name."""
    laws = session.execute(select(Law.name, Law.title)).all()
    # few laws have aliases; reading a thousand empty lists takes longer than the search itself
    aliased_laws = session.execute(select(Law.name, Law.aliases).where(sql_cast(Law.aliases, String) != "[]"))
    found = {alias: name for name, aliases in aliased_laws for alias in aliases}
    return found | {title: name for name, title in laws} | {name: name for name, _title in laws}


def law_by_name(session: Session, typed: str) -> Law:
    """A law by its short name, full title or an alias. Raises NotFoundError."""
    law = session.get(Law, typed)
    if law is None:
        name = names(session).get(typed.strip("《》 "))
        law = session.get(Law, name) if name else None
    if law is None:
        raise NotFoundError("法律库里没有“%(law)s”；请核对名称，或者先导入它的文本", law=typed)
    return law


def versions_of(session: Session, name: str) -> list[LawVersion]:
    """All versions of a law, the earliest first."""
    return list(session.scalars(select(LawVersion).where(LawVersion.law == name).order_by(LawVersion.version)))


def versions_of_all(session: Session, laws: Collection[str] | None = None) -> dict[str, list[LawVersion]]:
    """Law → its versions, the earliest first."""
    found: dict[str, list[LawVersion]] = {}
    query = select(LawVersion).order_by(LawVersion.version)
    for row in session.scalars(query if laws is None else query.where(LawVersion.law.in_(laws))):
        found.setdefault(row.law, []).append(row)
    return found


def version_on(session: Session, name: str, day: date) -> LawVersion:
    """The version of a law in force on a day. Raises NotFoundError."""
    found = in_force_on(versions_of(session, name), day)
    if found is None:
        raise NotFoundError("%(day)s 没有施行中的《%(law)s》", day=day.isoformat(), law=name)
    return found


def version_of(session: Session, name: str, version: date) -> LawVersion:
    """One version. Raises NotFoundError."""
    found = session.get(LawVersion, (name, version))
    if found is None:
        raise NotFoundError("《%(law)s》没有 %(version)s 的版本", law=name, version=version.isoformat())
    return found


# ---------------------------------------------------------------- articles


def articles_of(session: Session, name: str, version: date) -> list[LawArticle]:
    """The articles of a version in order."""
    return list(session.scalars(
        select(LawArticle).where(LawArticle.law == name, LawArticle.version == version)
        .order_by(LawArticle.position, LawArticle.id)
    ))


def article_of(session: Session, name: str, version: date, number: str) -> LawArticle:
    """One article. Raises NotFoundError that says how many there are."""
    found = session.scalar(select(LawArticle).where(
        LawArticle.law == name, LawArticle.version == version, LawArticle.number == number))
    if found is None:
        count = version_of(session, name, version).article_count
        raise NotFoundError("《%(law)s》（%(version)s）没有%(article)s，共 %(count)s 条", law=name,
                            version=version.isoformat(), article=article_name(number), count=count or "?")
    return found


def numbers_of(session: Session, name: str, version: date) -> list[str]:
    """The numbers of the articles of a version in order, without their texts."""
    return list(session.scalars(
        select(LawArticle.number).where(LawArticle.law == name, LawArticle.version == version)
        .order_by(LawArticle.position, LawArticle.id)
    ))


def kin_of(session: Session, article: LawArticle) -> dict[date, dict[str, str]]:
    """Version → number → fingerprint of the articles of a law that have the number or the words of this one."""
    found: dict[date, dict[str, str]] = {}
    for version, number, digest in session.execute(
        select(LawArticle.version, LawArticle.number, LawArticle.fingerprint)
        .where(LawArticle.law == article.law,
               or_(LawArticle.number == article.number, LawArticle.fingerprint == article.fingerprint))
        .order_by(LawArticle.version, LawArticle.position)
    ):
        found.setdefault(version, {})[number] = digest
    return found


def text_of(session: Session, name: str, version: str, number: str) -> str | None:
    """The text of an article of a version given as ISO date; None where the library has none."""
    try:
        day = date.fromisoformat(version)
    except ValueError:
        return None
    return session.scalar(select(LawArticle.text).where(
        LawArticle.law == name, LawArticle.version == day, LawArticle.number == number))


def articles_with_text(session: Session, name: str) -> list[LawArticle]:
    return list(session.scalars(select(LawArticle).where(LawArticle.law == name, LawArticle.text.is_not(None))))


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What proves a key: an article of a version, by text where there is one. `text` is None without."""

    fingerprint: str
    registered: str
    text: str | None


def known_articles(
    session: Session, wanted: Collection[tuple[str, date, str]]
) -> dict[tuple[str, date, str], KnownArticle]:
    """The articles of these laws that are wanted: (law, version, number)."""
    laws = {law for law, _, _ in wanted}
    rows = session.execute(
        select(LawArticle.law, LawArticle.version, LawArticle.number, LawArticle.fingerprint, LawArticle.registered,
               LawArticle.text).where(LawArticle.law.in_(laws))
    )
    return {(r[0], r[1], r[2]): KnownArticle(r[3], r[4], r[5]) for r in rows if (r[0], r[1], r[2]) in wanted}


def fingerprints_of(session: Session, name: str, version: date) -> dict[str, str]:
    """Number → fingerprint of every article of a version, texts left where they are."""
    rows = session.execute(
        select(LawArticle.number, LawArticle.fingerprint).where(LawArticle.law == name, LawArticle.version == version))
    return {row[0]: row[1] for row in rows}


def texts_of(session: Session, name: str, version: date) -> dict[str, str]:
    """Number → text of a version; where only the register knows it, number → fingerprint."""
    return {row.number: row.text if row.text is not None else row.fingerprint for row in articles_of(session, name, version)}


# ---------------------------------------------------------------- search


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article found; `in_force` on the day of the search."""

    law: str
    kind: str
    version: date
    number: str
    path: tuple[str, ...]
    text: str
    in_force: bool


@dataclass(frozen=True)
class Found:
    """What a search found. `laws`: laws whose name fits; `total` counts all articles, `hits` are those shown."""

    query: Query
    laws: tuple[str, ...]
    hits: tuple[ArticleHit, ...]
    total: int


def search(session: Session, typed: str, on: date, *, old: bool = False, limit: int = SHOWN, offset: int = 0) -> Found:
    """Laws and articles for what somebody typed; articles not in force on the day only if `old`."""
    known = names(session)
    query = read_query(typed, known)
    laws = tuple(dict.fromkeys([*query.laws, *_laws_named(query, known)]))
    words = [word for word in query.words if search_index.grams_of(word)]
    if not (words or query.article or query.laws):
        return Found(query, laws, (), 0)
    if query.laws and not words and not query.article:
        return Found(query, laws, (), 0)
    if search_index.is_postgresql(session):
        # compiling such a query, or starting workers for it, takes several times as long as running it; and the
        # articles found are few beside all of them, so that fetching them by id beats reading the whole table
        session.execute(text("select set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true), set_config('random_page_cost', '1.1', true)"))
    ranked = session.execute(_matching(session, query, words, on, old).limit(limit).offset(offset)).all()
    return Found(query, laws, _hits(session, {row[0]: bool(row[1]) for row in ranked}), ranked[0].total if ranked else 0)


def _hits(session: Session, in_force: Mapping[int, bool]) -> tuple[ArticleHit, ...]:
    """The articles of these ids, in their order."""
    rows = session.execute(
        select(LawArticle.id, LawArticle.law, Law.kind, LawArticle.version, LawArticle.number, LawArticle.path, LawArticle.text)
        .join(Law, Law.name == LawArticle.law).where(LawArticle.id.in_(in_force))
    )
    found = {r.id: ArticleHit(r.law, r.kind, r.version, r.number, tuple(r.path), r.text or "", in_force[r.id]) for r in rows}
    return tuple(found[id_] for id_ in in_force)


def _laws_named(query: Query, known: Mapping[str, str]) -> list[str]:
    """Laws whose name contains the words, the shortest names first; none where a law was named outright."""
    if query.laws or not query.words:
        return []
    fitting = {law for name, law in known.items() if all(word in name for word in query.words)}
    return sorted(fitting, key=lambda law: (len(law), law))[:12]


def _matching(session: Session, query: Query, words: Sequence[str], on: date, old: bool) -> Select[Any]:
    """Ids of articles with all the words: by how much of the article they are, current and higher law first.

    Ids alone: the texts of thousands of articles would be carried through the sorting for the twenty shown.
    """
    article = _candidates(session, query, words)
    later = aliased(LawVersion)
    superseded = exists().where(later.law == LawVersion.law, later.version > LawVersion.version, _runs(later, on))
    standing = _runs(LawVersion, on) & ~superseded
    current = case((standing, 1), else_=0) if old else literal(1)
    weight = case({"constitution": 1.6, "law": 1.25, "administrative_regulation": 1.1}, value=Law.kind, else_=1.0)
    found = (
        select(article.c.id, current.label("in_force"), func.count().over().label("total"))
        .join(LawVersion, (LawVersion.law == article.c.law) & (LawVersion.version == article.c.version))
        .join(Law, Law.name == article.c.law)
    )
    if not old:
        found = found.where(standing)
    order = [*([current.desc()] if old else []), *([(article.c.density * weight).desc()] if words else [])]
    return found.order_by(*order, article.c.law, article.c.version.desc(), article.c.position)


def _runs(version: type[LawVersion], on: date) -> ColumnElement[bool]:
    """Begun and not ended on a day; of several such versions of a law the latest is in force (`in_force_on`)."""
    begun = func.coalesce(version.in_force_since, version.version) <= on
    return begun & (version.ends_on.is_(None) | (version.ends_on > on))


def _candidates(session: Session, query: Query, words: Sequence[str]) -> CTE:
    """The articles with all the words, found by the index before anything is joined to them."""
    density = _density(words) if words else literal(0.0)
    found = select(LawArticle.id, LawArticle.law, LawArticle.version, LawArticle.position, density.label("density"))
    if query.laws:
        found = found.where(LawArticle.law.in_(query.laws))
    if query.article:
        found = found.where(LawArticle.number == query.article)
    if words:
        found = found.where(search_index.containing(session, words), LawArticle.text.is_not(None))
        found = found.where(*(LawArticle.text.icontains(word, autoescape=True) for word in words if len(word) > 2))
    return found.cte("candidates").prefix_with("MATERIALIZED", dialect="postgresql")


def _density(words: Sequence[str]) -> ColumnElement[Any]:
    """How much of the article the words are, with a start of 200 characters so that tiny articles do not win."""
    length = func.length(LawArticle.text)
    covered: ColumnElement[int] = literal(0)
    for word in words:
        covered = covered + (length - func.length(func.replace(LawArticle.text, word, "")))
    return sql_cast(covered, Float) / (length + 200)
