"""Every article that the bank cites stands in the real text of the law and version that it names."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from quizapp.config import ROOT
from quizapp.kernel.numerals import to_int
from quizapp.questions.files import read_bank
from quizapp.questions.rules.schema import Case, LawCitation

pytestmark = pytest.mark.shared

ARTICLE = re.compile(r"^\s*(?:\*\*)?第([零〇一二三四五六七八九十百千]+)条(?:之([一二三四五六七八九十]+))?", re.MULTILINE)
# texts that carry no date in their file name, or lie in several files
WHERE = {"民法典": "民法典/*.md", "宪法": "宪法/宪法.md"}


def cited() -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for entry in read_bank(ROOT / "question_bank").entries:
        questions = [entry.item, *(entry.item.parts if isinstance(entry.item, Case) else ())]
        for question in questions:
            found |= {(c.law, c.version, c.article) for c in question.basis if isinstance(c, LawCitation)}
    return found


@cache
def articles_of(folder: Path, law: str, version: str) -> frozenset[str]:
    """Numbers of the articles of one version, as items cite them; empty where there is no such text."""
    files = list(folder.glob(WHERE[law])) if law in WHERE else []
    files = files or [p for p in folder.rglob(f"{law}[(（]*.md") if version[:4] in p.name]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    numbers = {
        str(to_int(number)) + (f"-{to_int(extra)}" if extra else "") for number, extra in ARTICLE.findall(text)
    }
    return frozenset(numbers | ({"preamble"} if "序" in text and law == "宪法" else set()))


def test_the_bank_cites_more_than_two_hundred_articles():
    assert len(cited()) > 200


def test_every_cited_article_is_in_the_text(shared):
    statutes = shared / "statutes"
    missing = sorted(
        (law, version, article)
        for law, version, article in cited()
        if article not in articles_of(statutes, law, version)
    )
    assert missing == []


def test_registered_numbers_of_articles_are_those_of_the_texts(shared):
    """The register says how many articles a version has; the highest number in the text agrees."""
    statutes = shared / "statutes"
    wrong = []
    for law in read_bank(ROOT / "question_bank").laws.laws:
        for version in law.versions:
            found = articles_of(statutes, law.name, version.version.isoformat())
            highest = max((int(number.partition("-")[0]) for number in found if number[0].isdigit()), default=0)
            if version.articles is not None and highest != version.articles:
                wrong.append((law.name, version.version, version.articles, highest))
    assert wrong == []
