"""Candidate items from the articles of laws, put into the reviewers' queue."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, silent
from quizapp.kernel.errors import InputError
from quizapp.questions import queries, reviewing
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.duplicates import comparable
from quizapp.questions.rules.generation import Candidate, SourceArticle, SourceVersion, candidates
from quizapp.questions.rules.schema import AnyItem
from quizapp.questions.rules.schema import Item as Content
from quizapp.statutes import queries as statutes

_ITEM: TypeAdapter[Any] = TypeAdapter(AnyItem)
SEED = 1


@dataclass
class Generated:
    """What a run made: counts by kind of candidate, and the contents, oldest first."""

    items: list[Content] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def generate(
    session: Session, laws: Sequence[str], subject: str, *, seed: int = SEED, limit: int | None = None,
    progress: Progress = silent,
) -> Generated:
    """Candidates from the versions in force today. Nothing is written; near duplicates of the bank are left out.

    Raises NotFoundError for a law that is unknown or not in force, InputError where the library has no text.
    """
    today = clock.today()
    known = [comparable(from_content(version.content)) for _item, version in queries.current_versions(session)]
    found = Generated()
    for number, typed in enumerate(laws):
        name = statutes.law_by_name(session, typed).name
        progress(number, len(laws), name)
        version = statutes.version_on(session, name, today).version
        articles = list(_articles(session, name, version.isoformat()))
        if not articles:
            raise InputError("法律库里没有《%(law)s》的文本，不能按条文生成；请先导入", law=name)
        versions = [SourceVersion(name, one.version.isoformat(), one.in_force_since, one.ends_on)
                    for one in statutes.versions_of(session, name)]
        for candidate in candidates(articles, seed=seed, existing=known, versions=versions):
            found.items.append(content_of(candidate, subject))
            found.kinds[candidate.kind] += 1
            if limit is not None and len(found.items) >= limit:
                return found
    return found


def _articles(session: Session, name: str, version: str) -> Iterator[SourceArticle]:
    for row in statutes.articles_with_text(session, name):
        if row.version.isoformat() == version:
            yield SourceArticle(name, version, row.number, tuple(row.path), tuple((row.text or "").split("\n")))


def content_of(candidate: Candidate, subject: str) -> Content:
    """A candidate as an item; its code comes from what it says, so that the same candidate is the same item."""
    digest = hashlib.sha256("\n".join([candidate.stem, *candidate.options.values()]).encode()).hexdigest()[:10]
    raw: dict[str, Any] = {
        "id": f"gen-{digest}", "subject": subject, "topic": candidate.law[:60], "type": candidate.type,
        "difficulty": candidate.difficulty, "applied": False, "stem": candidate.stem, "explanation": candidate.explanation,
        "distractors": dict(candidate.distractors),
        "basis": ({"law": candidate.law, "version": candidate.version, "article": candidate.article,
                   "paragraph": candidate.paragraph, "text": candidate.fingerprint, "span": candidate.span},),
    }
    if candidate.type == "true_false":
        raw["key"] = candidate.key[0] == "true"
    else:
        raw |= {"options": dict(candidate.options), "key": tuple(candidate.key)}
    found: Content = _ITEM.validate_python(raw)
    return found


def keep(session: Session, items: Sequence[Content], person_id: int | None) -> int:
    """Put candidates into the queue, those left out that are there already; the number of new ones."""
    known = set(queries.item_ids(session))
    new = [item for item in items if item.id not in known]
    for item in new:
        reviewing.propose_new(session, item, origin="generated", kind="generated", person_id=None)
    return len(new)


KIND_NAMES = {
    "number": N_("数字和期限"), "body": N_("职权归属"), "list": N_("列举事项"), "edit": N_("判断"), "term": N_("定义"),
    "version": N_("适用版本"),
}
