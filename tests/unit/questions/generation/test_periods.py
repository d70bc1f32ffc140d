"""Which version applied on a date."""

from __future__ import annotations

import re
from datetime import date

from quizapp.questions.rules.generation import Candidate, SourceVersion, candidates
from quizapp.statutes.rules.wording import normal_form
from tests.unit.questions.generation.statutes import LAW, VERSION, articles, key_texts

OLD = SourceVersion(LAW, "2020-03-01", date(2020, 6, 1), date(2030, 9, 1))
NEW = SourceVersion(LAW, VERSION, date(2030, 9, 1), None)


def asked(*versions: SourceVersion, seed: int = 1) -> list[Candidate]:
    found = candidates(articles(), seed=seed, versions=versions)
    return [candidate for candidate in found if candidate.kind == "version"]


def test_before_the_day_the_old_text_applies_and_from_it_the_new_one():
    for seed in range(30):
        for candidate in asked(OLD, NEW, seed=seed):
            day = date(*map(int, re.findall(r"(\d+)年(\d+)月(\d+)日(?:当天|受理)", candidate.stem)[-1]))
            text = "2030年5月1日公布" if day >= date(2030, 9, 1) else "2020年3月1日公布"
            assert key_texts(candidate)[0].startswith(text)
            assert len(candidate.options) == 4


def test_the_proof_is_the_article_with_the_date_in_force():
    for candidate in asked(OLD, NEW):
        start, end = candidate.span
        assert candidate.article == "15"
        assert normal_form("本条例自2030年9月1日起施行。")[start:end] == "自2030年9月1日起施行"


def test_without_dates_or_without_proof_nothing_is_asked():
    assert asked() == []
    assert asked(NEW) == []
    assert asked(OLD, SourceVersion(LAW, VERSION, None, None)) == []
    assert asked(OLD, SourceVersion(LAW, VERSION, date(2030, 10, 1), None)) == []
