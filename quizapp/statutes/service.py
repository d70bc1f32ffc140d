"""Taking over the register, and bringing texts into the library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.statutes import queries, search_index
from quizapp.statutes.files import FileProblem, FoundFile, LawText
from quizapp.statutes.models import Law, LawArticle, LawFile, LawRegister, LawVersion
from quizapp.statutes.register_files import Register
from quizapp.statutes.rules.naming import short_name
from quizapp.statutes.rules.numbering import SPECIAL, order_of
from quizapp.statutes.rules.reading import ParsedArticle
from quizapp.statutes.rules.register import RegisteredVersion, spans
from quizapp.statutes.rules.versions import next_after

Listener = Callable[[Session], None]
LISTENERS: list[Listener] = []
BATCH = 40  # versions written in one transaction: an exam must not wait for a whole library


def on_change(listener: Listener) -> Listener:
    """Register what has to be looked at again whenever versions or their dates have changed."""
    LISTENERS.append(listener)
    return listener


# ---------------------------------------------------------------- the register


def take_register(session: Session, register: Register) -> bool:
    """Bring laws, versions, dates and fingerprints to what the register says; False if nothing had changed."""
    known = session.get(LawRegister, 1)
    if known is not None and known.digest == register.digest:
        return False
    if known is None:
        session.add(LawRegister(id=1, digest=register.digest))
    else:
        known.digest = register.digest
    _take_laws(session, register)
    _take_versions(session, register)
    _take_fingerprints(session, register)
    settle(session)
    return True


def _take_laws(session: Session, register: Register) -> None:
    known = {law.name: law for law in session.scalars(select(Law))}
    for one in register.laws:
        values = {"title": one.title, "issuer": one.issuer, "kind": one.kind, "aliases": list(one.aliases)}
        law = known.get(one.name)
        if law is None:
            session.add(Law(name=one.name, **values))
        else:
            for name, value in values.items():
                setattr(law, name, value)
    session.flush()


def _take_versions(session: Session, register: Register) -> None:
    """The register's dates count; an end that it does not know leaves what an import found."""
    known = {(row.law, row.version): row for row in session.scalars(select(LawVersion))}
    for name, one in spans(register.laws):
        row = known.get((name, one.version))
        if row is None:
            row = LawVersion(law=name, version=one.version, ended_by="", note="", repeals=[], amended=False)
            session.add(row)
        row.registered = True
        row.adopted, row.published = one.adopted or row.adopted, one.published or row.published
        row.in_force_since, row.note = one.in_force_since, one.note[:500]
        row.article_count = one.articles or row.article_count
        if one.ends_on is not None and row.ends_on != one.ends_on:
            row.ends_on, row.ended_by = one.ends_on, ""
    session.flush()


def _take_fingerprints(session: Session, register: Register) -> None:
    known = {
        (row.law, row.version, row.number): row
        for row in session.execute(
            select(LawArticle.id, LawArticle.law, LawArticle.version, LawArticle.number, LawArticle.registered,
                   LawArticle.text.is_not(None).label("has_text"))
        )
    }
    new, changed = [], []
    for name, one in spans(register.laws):
        for position, (number, digest) in enumerate(one.fingerprints.items(), 1):
            row = known.get((name, one.version, number))
            if row is None:
                new.append(_registered_article(name, one, number, digest, position))
            elif row.registered != digest:
                changed.append({"id": row.id, "registered": digest} | ({} if row.has_text else {"fingerprint": digest}))
    if new:
        session.execute(insert(LawArticle), new)
    for values in changed:
        session.execute(update(LawArticle).where(LawArticle.id == values.pop("id")).values(**values))


def _registered_article(name: str, one: RegisteredVersion, number: str, digest: str, position: int) -> dict[str, Any]:
    return {"law": name, "version": one.version, "number": number, "position": position, "path": [], "text": None,
            "fingerprint": digest, "registered": digest}


# ---------------------------------------------------------------- texts


@dataclass(frozen=True)
class Edition:
    """One version of a law with all its files (the Civil Code's seven parts are one law), articles in order."""

    name: str
    version: date
    texts: tuple[LawText, ...]
    articles: tuple[ParsedArticle, ...]

    @property
    def main(self) -> LawText:
        return self.texts[0]

    @property
    def parts(self) -> frozenset[str]:
        """The parts that were brought, where the law lies in several files; empty for a whole text."""
        return frozenset() if any(not text.part for text in self.texts) else frozenset(text.part for text in self.texts)


@dataclass
class ImportReport:
    """What an import did. `confirmed`: versions that are as registered, with their number of articles;
    `differing`: registered versions with the articles that differ; `notes`: what was read but looks odd."""

    added: list[tuple[str, date]] = field(default_factory=list)
    replaced: list[tuple[str, date]] = field(default_factory=list)
    unchanged: int = 0
    articles: int = 0
    confirmed: list[tuple[str, date, int]] = field(default_factory=list)
    differing: list[tuple[str, date, list[str]]] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    notes: list[FileProblem] = field(default_factory=list)


def unread(session: Session, files: Collection[FoundFile]) -> list[FoundFile]:
    """The files whose content is not in the library yet."""
    known = set(session.scalars(select(LawFile.digest)))
    return [file for file in files if file.digest not in known]


def beside(session: Session, files: Collection[FoundFile], texts: Sequence[LawText]) -> list[FoundFile]:
    """The files read before that are of the same versions as these texts: a changed part of a law cannot be judged
    without the others, nor a second text of a version without the first."""
    known = {row.digest: (row.law, row.version) for row in session.scalars(select(LawFile))}
    wanted = {(text.name, text.version) for text in texts}
    return [file for file in files if known.get(file.digest) in wanted]


def editions_of(texts: Sequence[LawText], report: ImportReport) -> list[Edition]:
    """Files of one version put together. Two that claim the same version with other words are refused, both."""
    groups: dict[tuple[str, date], list[LawText]] = {}
    for text in texts:
        groups.setdefault((text.name, text.version), []).append(text)
    editions = []
    for (name, version), members in groups.items():
        edition = _edition(name, version, members, report)
        if edition is not None:
            editions.append(edition)
    return editions


def _edition(name: str, version: date, members: list[LawText], report: ImportReport) -> Edition | None:
    articles: dict[str, tuple[ParsedArticle, LawText]] = {}
    for text in members:
        for article in _articles(text):
            first = articles.setdefault(article.number, (article, text))
            if first[0].fingerprint != article.fingerprint:
                report.problems.append(FileProblem(
                    text.file.name, article.line,
                    "与 %(other)s 都是《%(law)s》%(version)s 版本，但第 %(number)s 条内容不同，两个都没有导入；请核对后只留一个",
                    {"other": first[1].file.name, "law": name, "version": version.isoformat(), "number": article.number}))
                return None
    ordered = sorted((article for article, _ in articles.values()), key=lambda one: order_of(one.number))
    return Edition(name, version, tuple(sorted(members, key=lambda one: (one.part != "", one.file.name))), tuple(ordered))


def _articles(text: LawText) -> Sequence[ParsedArticle]:
    """The articles; for a text that has none, the whole as one. Below the parts of a split law stands the part."""
    if not text.parsed.articles:
        return (ParsedArticle("text", (), text.parsed.loose, 1),)
    if not text.part:
        return text.parsed.articles
    return [ParsedArticle(one.number, (text.part, *one.path), one.paragraphs, one.line) for one in text.parsed.articles]


def batches(editions: Sequence[Edition]) -> Iterator[Sequence[Edition]]:
    for start in range(0, len(editions), BATCH):
        yield editions[start : start + BATCH]


def rehearse(session: Session, editions: Sequence[Edition], report: ImportReport) -> None:
    """Report what `write_editions` would do."""
    for edition in editions:
        row = session.get(LawVersion, (edition.name, edition.version))
        (report.added if row is None or row.imported_at is None else report.replaced).append((edition.name, edition.version))
        there = {one.number: one for one in queries.articles_of(session, edition.name, edition.version)}
        _compare(edition, there, report)
        report.articles += len(edition.articles)


def write_editions(session: Session, editions: Sequence[Edition], report: ImportReport) -> None:
    """Write versions with all their articles, each whole or not at all."""
    names = [edition.name for edition in editions]
    laws = {law.name: law for law in session.scalars(select(Law).where(Law.name.in_(names)))}
    versions = {(row.law, row.version): row for row in session.scalars(select(LawVersion).where(LawVersion.law.in_(names)))}
    for edition in editions:
        if edition.name not in laws:
            laws[edition.name] = _new_law(edition.main)
            session.add(laws[edition.name])
        row = versions.get((edition.name, edition.version))
        (report.added if row is None or row.imported_at is None else report.replaced).append((edition.name, edition.version))
        if row is None:
            row = LawVersion(law=edition.name, version=edition.version, registered=False, ended_by="", note="")
            session.add(row)
        _date(row, edition)
    session.flush()
    _write_articles(session, editions, report)
    for edition in editions:
        if edition.parts:
            _order_parts(session, edition)
    _write_files(session, editions)


def _new_law(text: LawText) -> Law:
    return Law(name=text.name, title=text.title, issuer=text.issuer[:120], kind=text.kind, aliases=[])


def _date(row: LawVersion, edition: Edition) -> None:
    """What the text says of its dates; the register's come first where it has the version."""
    dates = edition.main.dates
    begins = next((text.dates.in_force_since for text in edition.texts if text.dates.in_force_since), None)
    if row.registered:
        row.adopted, row.published = row.adopted or dates.adopted, row.published or dates.published
    else:
        row.adopted, row.published, row.in_force_since = dates.adopted, dates.published, begins
    row.amended = dates.amended
    row.repeals = list(dict.fromkeys(title for text in edition.texts for title in text.repeals))
    row.article_count = sum(article.number not in ("preamble", "annex", "text") for article in edition.articles)
    row.imported_at = clock.now()


def _write_articles(session: Session, editions: Sequence[Edition], report: ImportReport) -> None:
    known: dict[tuple[str, date], dict[str, LawArticle]] = {}
    wanted = [edition.name for edition in editions]
    for row in session.scalars(select(LawArticle).where(LawArticle.law.in_(wanted))):
        known.setdefault((row.law, row.version), {})[row.number] = row
    new: list[dict[str, Any]] = []
    for edition in editions:
        there = known.get((edition.name, edition.version), {})
        search_index.remove(session, [(row.id, row.text) for row in there.values() if row.text is not None])
        _compare(edition, there, report)
        new += _written(edition, there)
        _drop_absent(session, edition, there)
        report.articles += len(edition.articles)
    session.flush()
    if new:
        session.execute(insert(LawArticle), new)
    _index(session, editions)


def _drop_absent(session: Session, edition: Edition, there: dict[str, LawArticle]) -> None:
    """Articles that the text does not have go; of registered ones the register's fingerprint stays. Where a law
    came in part, only those of the parts that came."""
    numbers = {article.number for article in edition.articles}
    for number, row in there.items():
        if number in numbers or (edition.parts and not (row.path and row.path[0] in edition.parts)):
            continue
        if row.registered:
            row.text, row.fingerprint = None, row.registered
        else:
            session.delete(row)


def _order_parts(session: Session, edition: Edition) -> None:
    """Parts may come one at a time: the articles of all of them in one order, and their number."""
    session.flush()
    of_version = (LawArticle.law == edition.name, LawArticle.version == edition.version)
    rows = session.execute(select(LawArticle.id, LawArticle.number).where(*of_version)).all()
    ordered = sorted(rows, key=lambda row: order_of(row.number))
    session.execute(update(LawArticle), [{"id": row.id, "position": place} for place, row in enumerate(ordered, 1)])
    count = sum(row.number not in SPECIAL for row in rows)
    session.execute(update(LawVersion).where(LawVersion.law == edition.name, LawVersion.version == edition.version)
                    .values(article_count=count))


def _written(edition: Edition, there: dict[str, LawArticle]) -> list[dict[str, Any]]:
    """Rows for the articles that are not there yet; those that are get the text."""
    new = []
    for position, article in enumerate(edition.articles, 1):
        values = {"position": position, "path": list(article.path), "text": article.text,
                  "fingerprint": article.fingerprint}
        row = there.get(article.number)
        if row is None:
            new.append({"law": edition.name, "version": edition.version, "number": article.number, "registered": "", **values})
        else:
            for name, value in values.items():
                setattr(row, name, value)
    return new


def _compare(edition: Edition, there: dict[str, LawArticle], report: ImportReport) -> None:
    """A registered version is confirmed, or the articles named that are not as registered."""
    registered = {number: row.registered for number, row in there.items() if row.registered}
    if not registered:
        return
    found = {article.number: article.fingerprint for article in edition.articles}
    if edition.parts:
        places = [order_of(number) for number in found]
        registered = {number: digest for number, digest in registered.items() if min(places) <= order_of(number) <= max(places)}
    wrong = [number for number in {**registered, **found} if registered.get(number) != found.get(number)]
    if wrong:
        report.differing.append((edition.name, edition.version, sorted(wrong, key=order_of)))
    else:
        report.confirmed.append((edition.name, edition.version, len(registered)))


def _index(session: Session, editions: Sequence[Edition]) -> None:
    wanted = {(edition.name, edition.version) for edition in editions}
    rows = session.execute(
        select(LawArticle.id, LawArticle.text, LawArticle.law, LawArticle.version)
        .where(LawArticle.law.in_([name for name, _ in wanted]), LawArticle.text.is_not(None))
    )
    search_index.add(session, [(row[0], row[1] or "") for row in rows if (row[2], row[3]) in wanted])


def _write_files(session: Session, editions: Sequence[Edition]) -> None:
    """Which bytes each version came from; those of an earlier text of it are forgotten."""
    for edition in editions:
        session.execute(delete(LawFile).where(LawFile.law == edition.name, LawFile.version == edition.version))
    rows = {
        text.file.digest: {"digest": text.file.digest, "name": text.file.name[:400], "law": edition.name, "version": edition.version}
        for edition in editions for text in edition.texts
    }
    # the same bytes may stand for two versions, told apart by the names of their files
    known = set(session.scalars(select(LawFile.digest).where(LawFile.digest.in_(rows))))
    if rows.keys() - known:
        session.execute(insert(LawFile), [row for digest, row in rows.items() if digest not in known])


# ---------------------------------------------------------------- what follows from new versions


def settle(session: Session) -> None:
    """Where each version ends: with the beginning of the next, or by a law that repeals it as a whole."""
    rows = list(session.scalars(select(LawVersion)))
    by_law: dict[str, list[LawVersion]] = {}
    for row in rows:
        by_law.setdefault(row.law, []).append(row)
        if row.ended_by:  # found here before, perhaps by dates that are others now
            row.ends_on, row.ended_by = None, ""
    for versions in by_law.values():
        for row in versions:
            following = next_after(versions, row.version)
            if following is not None and following.in_force_since is not None and row.ends_on is None:
                row.ends_on, row.ended_by = following.in_force_since, row.law
    for repealer in rows:
        if repealer.in_force_since is not None:
            for title in repealer.repeals:
                _repeal(by_law.get(short_name(title), ()), repealer, repealer.in_force_since)
    session.flush()


def _repeal(versions: Sequence[LawVersion], repealer: LawVersion, on: date) -> None:
    """Laws of the same name may come after the repealed one: only versions before the repealer end."""
    for row in versions:
        if row.version < repealer.version and row.law != repealer.law and (row.ends_on is None or row.ends_on > on):
            row.ends_on, row.ended_by = on, repealer.law


def announce(session: Session) -> None:
    """Tell whoever depends on the dates of laws: what cites a law that changed is looked at again."""
    for listener in LISTENERS:
        listener(session)


def forget_law(session: Session, name: str) -> None:
    """Take a law's texts out of the library; what the register knows of it stays."""
    rows = queries.articles_with_text(session, name)
    search_index.remove(session, [(row.id, row.text or "") for row in rows])
    for row in rows:
        if row.registered:
            row.text, row.fingerprint = None, row.registered
        else:
            session.delete(row)
    session.execute(delete(LawFile).where(LawFile.law == name))
    session.execute(update(LawVersion).where(LawVersion.law == name).values(imported_at=None))
