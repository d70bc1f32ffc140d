"""From what was typed to a sound item: citations proved by the library, checks as for the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.i18n import N_
from quizapp.kernel.errors import InputError, NotFoundError
from quizapp.questions.forms import TypedBasis
from quizapp.questions.rules.checks import item_problems
from quizapp.questions.rules.reading import SourceItem
from quizapp.questions.rules.schema import AnyItem, Citation, DocumentCitation, LawCitation, Question
from quizapp.questions.rules.source import Source
from quizapp.statutes import queries as statutes
from quizapp.statutes.rules.numbering import article_name, article_number
from quizapp.statutes.rules.wording import fingerprint, normal_form, span_of

_ITEM: TypeAdapter[Any] = TypeAdapter(AnyItem)
# what makes an item unfit however it was written; the rest is for the files
SHAPES = N_("这里的内容不完整或者写法不对：%(field)s")
NO_TEXT = N_("法律库里没有《%(law)s》%(article)s的文本，不能证明答案；请先导入这部法律")
NOT_THERE = N_("《%(law)s》%(article)s里没有“%(quote)s”；请从条文里原样摘录")
NO_QUOTE = N_("请摘录《%(law)s》%(article)s里证明答案的原话")
NO_BASIS = N_("至少写一条依据")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: a Chinese sentence with its values."""

    sentence: str
    values: Mapping[str, object]


def quotes_of(session: Session, item: Question) -> dict[int, str]:
    """The proving words of each law citation, by its place from 1; those without text in the library left out."""
    found = {}
    for place, one in enumerate((one for one in item.basis if isinstance(one, LawCitation)), 1):
        text = statutes.text_of(session, one.law, one.version, one.article)
        if text is not None and one.span is not None:
            found[place] = normal_form(text)[one.span[0] : one.span[1]]
    return found


def written(session: Session, item: Question, raw: dict[str, Any], bases: list[TypedBasis]) -> tuple[Question | None, list[Fault]]:
    """The item as typed, proved and checked; None with the faults where it cannot be taken."""
    basis, faults = _basis(session, item, bases)
    try:
        found: Question = _ITEM.validate_python({**raw, "basis": basis})
    except ValidationError as error:
        places = dict.fromkeys(str(detail["loc"][-1]) for detail in error.errors(include_url=False) if detail["loc"])
        return None, [*faults, *(Fault(SHAPES, {"field": place}) for place in places)]
    entry = SourceItem(found, Source(""), 0)
    problems = [problem for problem in item_problems(entry, None) if problem.level == "error" and problem.code != "id_form"]
    faults += [Fault(problem.message, dict(problem.values)) for problem in problems]
    return (None if faults else found), faults


def _basis(session: Session, item: Question, typed: list[TypedBasis]) -> tuple[tuple[dict[str, Any], ...], list[Fault]]:
    """Citations as plain values; documents that the item named stay."""
    faults: list[Fault] = []
    found: list[dict[str, Any]] = [one.model_dump() for one in item.basis if isinstance(one, DocumentCitation)]
    for row in typed:
        citation = _cited(session, item.basis, row)
        if isinstance(citation, Fault):
            faults.append(citation)
        else:
            found.append(citation)
    if not found and not faults:
        faults.append(Fault(NO_BASIS, {}))
    return tuple(found), faults


def _cited(session: Session, old: tuple[Citation, ...], row: TypedBasis) -> dict[str, Any] | Fault:
    """One citation by the version in force today, its proof found in the text; kept as it is where nothing is new."""
    try:
        law = statutes.law_by_name(session, row.law).name
        number = article_number(row.article)
        version = statutes.version_on(session, law, clock.today()).version
        article = statutes.article_of(session, law, version, number)
    except (InputError, NotFoundError) as error:
        return Fault(error.message, error.values)
    said = {"law": law, "article": article_name(number)}
    paragraph = int(row.paragraph) if row.paragraph.isdigit() and int(row.paragraph) else None
    cited = {"law": law, "version": version.isoformat(), "article": number, "paragraph": paragraph}
    if article.text is None:
        kept = next((one for one in old if isinstance(one, LawCitation) and one.law == law and one.article == number
                     and one.text == article.fingerprint), None)
        return {**cited, "text": kept.text, "span": kept.span} if kept else Fault(NO_TEXT, said)
    if not row.quote:
        return Fault(NO_QUOTE, said)
    span = span_of(article.text, row.quote)
    if span is None:
        return Fault(NOT_THERE, {**said, "quote": row.quote[:60]})
    return {**cited, "text": fingerprint(article.text), "span": span}
