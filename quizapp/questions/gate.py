"""The publish gate: no item is published whose key is not proved by an article in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from quizapp.i18n import N_
from quizapp.kernel.errors import InputError
from quizapp.questions.rules.copying import copied_run
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.proof import Verdict, verdict
from quizapp.questions.rules.reading import SourceItem
from quizapp.questions.rules.schema import Case, Citation, Item, LawCitation, Question
from quizapp.statutes import queries as statutes
from quizapp.statutes.register_files import Register
from quizapp.statutes.rules.numbering import article_name
from quizapp.statutes.rules.versions import in_force_on

NOT_PROVED = N_("《%(law)s》%(article)s没有写明哪几个字证明答案，不能发布；请在修改页面填写依据的原文")
NOT_KNOWN = N_("法律库和登记里都没有《%(law)s》（%(version)s）%(article)s，不能发布；请先导入这部法律")
NOT_THE_LAW = N_("《%(law)s》%(article)s在 %(day)s 不是答案所依据的文字，不能发布；请对照现行条文修改")


@dataclass(frozen=True, slots=True)
class Proof:
    """How one citation stands on a day: `verdict` by what it was verified, `fault` "" where it proves the key."""

    citation: LawCitation
    verdict: Verdict
    fault: str
    values: dict[str, object]


def citations_in(item: Item) -> list[LawCitation]:
    """Every law that the item and its parts cite, each citation once."""
    return [one for one in every_citation(item) if isinstance(one, LawCitation)]


def proofs_of(session: Session, item: Item, on: date) -> list[Proof]:
    """Each citation with its verdict and, where it does not hold on that day, the sentence that says so."""
    cited = citations_in(item)
    versions = statutes.versions_of_all(session, {one.law for one in cited})
    wanted = {key_of(one) for one in cited}
    current = {law: in_force_on(known, on) for law, known in versions.items()}
    wanted |= {(one.law, now.version, one.article) for one in cited if (now := current.get(one.law)) is not None}
    known = statutes.known_articles(session, wanted)
    return [_proof(one, known, current.get(one.law), on) for one in cited]


def _proof(
    one: LawCitation, known: dict[tuple[str, date, str], statutes.KnownArticle], now: statutes.LawVersion | None, on: date
) -> Proof:
    values: dict[str, object] = {"law": one.law, "version": one.version, "article": article_name(one.article),
                                 "day": on.isoformat()}
    article = known.get(key_of(one))
    if article is None:
        return Proof(one, "unproved", NOT_KNOWN, values)
    found = verdict(one, article.text, article.registered)
    if found == "unproved":
        return Proof(one, found, NOT_PROVED, values)
    today = known.get((one.law, now.version, one.article)) if now else None
    if found == "wrong" or today is None or today.fingerprint != one.text:
        return Proof(one, "wrong", NOT_THE_LAW, values)
    return Proof(one, found, "", values)


def require_proof(session: Session, item: Item, on: date) -> None:
    """Raises InputError with the first citation that does not prove its key on that day."""
    for proof in proofs_of(session, item, on):
        if proof.fault:
            raise InputError(proof.fault, **proof.values)


def every_citation(item: Item) -> list[Citation]:
    """Every citation of the item and its parts, documents included, each once."""
    basis = list(item.basis)
    for part in item.parts if isinstance(item, Case) else ():
        basis += part.basis
    return list(dict.fromkeys(basis))


def tally_by_register(items: Iterator[Item], register: Register) -> dict[Verdict, int]:
    """The same by the register of the files alone."""
    found: dict[Verdict, int] = {"text": 0, "fingerprint": 0, "unproved": 0, "wrong": 0}
    for item in items:
        for one in citations_in(item):
            registered = register.fingerprints.get((one.law, one.version), {}).get(one.article, "")
            found[verdict(one, None, registered)] += 1
    return found


def library_problems(session: Session, entries: Sequence[SourceItem]) -> list[Problem]:
    """What only the texts of the library can tell: proofs that the text does not bear out, and copied words."""
    cited = {key_of(one) for entry in entries for one in citations_in(entry.item)}
    known = {key: found for key, found in statutes.known_articles(session, cited).items() if found.text is not None}
    problems: list[Problem] = []
    for entry in entries:
        parts = entry.item.parts if isinstance(entry.item, Case) else (entry.item,)
        for question in parts:
            for one in question.basis:
                article = known.get(key_of(one)) if isinstance(one, LawCitation) else None
                if article is not None and isinstance(one, LawCitation):
                    problems += _in_text(entry, question, one, article)
    return problems


def _in_text(entry: SourceItem, question: Question, one: LawCitation, article: statutes.KnownArticle) -> Iterator[Problem]:
    values = {"law": one.law, "version": one.version, "article": one.article}
    if verdict(one, article.text, article.registered) == "wrong":
        yield entry.problem("proof_wrong", **values)
    run = copied_run(article.text or "", question)
    if run:
        yield entry.problem("copied_run", count=len(run), words=run[:24], **values)


def key_of(one: LawCitation) -> tuple[str, date, str]:
    return one.law, date.fromisoformat(one.version), one.article


def tally(session: Session, items: Iterator[Item]) -> dict[Verdict, int]:
    """How many citations were verified by text, by fingerprint alone, or not at all."""
    found: dict[Verdict, int] = {"text": 0, "fingerprint": 0, "unproved": 0, "wrong": 0}
    every = [one for item in items for one in citations_in(item)]
    known = statutes.known_articles(session, {key_of(one) for one in every})
    for one in every:
        article = known.get(key_of(one))
        found["unproved" if article is None else verdict(one, article.text, article.registered)] += 1
    return found
