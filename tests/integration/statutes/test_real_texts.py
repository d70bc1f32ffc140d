"""The collection of real texts in one import: nothing refused, everything as registered, every key proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.config import ROOT
from quizapp.db import db
from quizapp.questions import gate
from quizapp.questions.rules.reading import parse_topic
from quizapp.statutes import queries, service
from quizapp.statutes.files import find_files
from quizapp.statutes.importing import import_path
from quizapp.statutes.models import LawArticle, LawVersion
from quizapp.statutes.register_files import read_register
from quizapp.statutes.rules.naming import short_name
from quizapp.statutes.rules.versions import ArticleChange, compare
from quizapp.statutes.service import ImportReport
from tests.conftest import close_connections, make_app
from tests.databases import Templates
from tests.shared_texts import SHARED

# one worker imports the collection, and once
pytestmark = [pytest.mark.shared, pytest.mark.timeout(240)]

BANK = ROOT / "question_bank"
DAY = date(2026, 11, 25)
CODE_DAY = date(2026, 8, 15)  # on which the code of the environment replaces ten laws


@dataclass(frozen=True)
class Library:
    session: Session
    report: ImportReport


@pytest.fixture(scope="module")
def real(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Every text of the collection, brought in once."""
    folder = tmp_path_factory.mktemp("real")
    with templates.copy("sqlite", folder) as url:
        app = make_app(url, folder / "instance")
        with app.app_context():
            report = import_path(SHARED / "statutes")
            with db.transaction() as session:
                service.take_register(session, read_register(BANK))
            yield Library(db.session(), report)
        close_connections(app)


def test_every_file_goes_in(real: Library) -> None:
    files = find_files(SHARED / "statutes")
    assert [(problem.file, problem.line, problem.text) for problem in real.report.problems] == []
    assert (len(files), len(real.report.added), real.report.unchanged) == (1093, 1082, 0)
    assert service.unread(real.session, files) == []
    _laws, versions, articles = queries.counts(real.session)
    assert (versions, articles) == (1082, real.report.articles)
    assert articles >= 55_000


def test_no_registered_version_differs_from_its_text(real: Library) -> None:
    differing = real.session.execute(
        select(LawArticle.law, LawArticle.version, LawArticle.number)
        .where(LawArticle.registered != "", (LawArticle.registered != LawArticle.fingerprint) | LawArticle.text.is_(None))
    ).all()
    assert differing == []
    register = read_register(BANK)
    registered = real.session.scalar(select(func.count()).where(LawArticle.registered != ""))
    assert registered == sum(map(len, register.fingerprints.values())) > 9_000
    # whatever a registered text has, the register has as well
    for name, version in register.fingerprints:
        assert all(row.registered for row in queries.articles_of(real.session, name, date.fromisoformat(version))), name


def test_the_civil_code_in_its_files_is_one_law(real: Library) -> None:
    (version,) = queries.versions_of(real.session, "民法典")
    assert (version.version, version.in_force_since, version.article_count) == (date(2020, 5, 28), date(2021, 1, 1), 1260)
    assert queries.numbers_of(real.session, "民法典", version.version) == [str(number) for number in range(1, 1261)]


def test_the_two_versions_of_the_reconsideration_law_and_what_changed(real: Library) -> None:
    old, new = queries.versions_of(real.session, "行政复议法")
    assert (old.version, old.ends_on, new.version, new.in_force_since) == (
        date(2017, 9, 1), date(2024, 1, 1), date(2023, 9, 1), date(2024, 1, 1))
    assert (old.article_count, new.article_count) == (43, 90)
    changes = compare(*(queries.texts_of(real.session, one.law, one.version) for one in (old, new)))
    assert sorted(change.old for change in changes if change.old) == sorted(map(str, range(1, 44)))
    assert [change.new for change in changes if change.new] == [str(number) for number in range(1, 91)]
    assert ArticleChange("changed", "9", "20") in changes  # within sixty days
    assert ArticleChange("moved", "41", "89") in changes  # foreigners
    for day, version in ((date(2023, 12, 31), old), (date(2024, 1, 1), new)):
        assert queries.version_on(real.session, "行政复议法", day).version == version.version


def test_the_code_of_the_environment_ends_ten_laws(real: Library) -> None:
    (code,) = queries.versions_of(real.session, "生态环境法典")
    assert code.in_force_since == CODE_DAY
    ended = set(real.session.scalars(select(LawVersion.law).where(LawVersion.ended_by == code.law, LawVersion.ends_on == CODE_DAY)))
    assert ended == {short_name(title) for title in code.repeals}
    assert len(ended) == 10


def test_every_proof_of_the_bank_is_verified_by_the_text(real: Library) -> None:
    files = [path for path in sorted(BANK.glob("*/*.yaml")) if path.parent.name != "plans"]
    topics = [parse_topic(path.read_bytes(), path.relative_to(BANK).as_posix()) for path in files]
    found = gate.tally(real.session, (entry.item for topic in topics for entry in topic.items))
    assert (found["wrong"], found["unproved"], found["fingerprint"]) == (0, 0, 0)
    assert found["text"] > 1_000


@pytest.mark.parametrize(("typed", "law"), [("行诉法", "行政诉讼法"), ("合同", "劳动合同法"), ("保密", "保守国家秘密法")])
def test_laws_are_found(real: Library, typed: str, law: str) -> None:
    found = queries.search(real.session, typed, DAY)
    assert law in found.laws
    assert found.total == 0 if typed == "行诉法" else found.total > 300


def test_the_last_article_of_the_civil_code_is_found_in_chinese_numerals(real: Library) -> None:
    (hit,) = queries.search(real.session, "民法典 一千二百六十条", DAY).hits
    assert (hit.law, hit.number, hit.in_force) == ("民法典", "1260", True)


def test_what_is_found_has_the_words_and_is_in_force(real: Library) -> None:
    for hit in queries.search(real.session, "保密", DAY, limit=50).hits:
        assert hit.in_force
        assert "保密" in hit.text
    assert queries.search(real.session, "保密", DAY, old=True).total > queries.search(real.session, "保密", DAY).total
