"""Bringing a folder of texts into the library, again and again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.kernel.errors import FileError
from quizapp.statutes import queries, service
from quizapp.statutes.importing import import_path
from quizapp.statutes.models import Law, LawArticle, LawFile, LawVersion
from quizapp.statutes.register_files import Register
from quizapp.statutes.rules.register import RegisteredLaw, RegisteredVersion, register_digest
from quizapp.statutes.rules.wording import fingerprint
from tests.builders.library import TITLE, law_text, write_files
from tests.databases import both_databases
from tests.integration.statutes.conftest import Bring

VERSION = date(2021, 1, 1)
WORDS = ("示例应当真实。", "示例由办公室登记。", "本法自2021年3月1日起施行。")
PARTS = {
    "示例法/总则.md": law_text("## 第一章 规定", "示例应当真实。", "示例应当公开。", part="总则"),
    "示例法/分则.md": law_text("登记由办公室办理。", "登记不收费用。", part="分则", first=3),
    "示例法/附则.md": law_text("本法自2021年3月1日起施行。", part="附则", first=5),
}


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def texts(session: Session, name: str = "示例法", version: date = VERSION) -> dict[str, str | None]:
    return {row.number: row.text for row in queries.articles_of(session, name, version)}


def register(session: Session, articles: dict[str, str], **changes: Any) -> None:
    """Register the version with the fingerprints of these articles."""
    facts = {"version": VERSION, "adopted": None, "published": None, "in_force_since": None, "ends_on": None, "articles": None, "note": ""}
    version = RegisteredVersion(**facts | changes, fingerprints={number: fingerprint(text) for number, text in articles.items()})
    with db.transaction() as writing:
        law = RegisteredLaw("示例法", TITLE, "示例会议", "law", ("示法",), (version,))
        service.take_register(writing, Register([law], {}, register_digest([str((articles, changes)).encode()])))
    session.expire_all()


# ---------------------------------------------------------------- new, again, changed


@both_databases
def test_what_the_files_say_is_in_the_library(library: Session, bring: Bring) -> None:
    report = bring({"行政法/示例法.md": law_text("## 第一章 总则", *WORDS), "样本条例.txt": law_text("甲。", title="样本条例", head="2020年5月1日 国务院令第9号公布")})
    assert (sorted(report.added), report.replaced, report.unchanged, report.articles) == (
        [("样本条例", date(2020, 5, 1)), ("示例法", VERSION)], [], 0, 4)
    assert (report.problems, report.notes, report.confirmed, report.differing) == ([], [], [], [])
    law = library.get_one(Law, "示例法")
    version = library.get_one(LawVersion, ("示例法", VERSION))
    assert (law.title, law.kind, law.issuer, library.get_one(Law, "样本条例").kind) == (TITLE, "law", "", "administrative_regulation")
    assert (version.adopted, version.in_force_since, version.article_count, version.registered) == (VERSION, date(2021, 3, 1), 3, False)
    rows = queries.articles_of(library, "示例法", VERSION)
    assert [(row.number, row.position, row.path, row.text, row.fingerprint) for row in rows] == [
        (str(n), n, ["第一章 总则"], words, fingerprint(words)) for n, words in enumerate(WORDS, 1)]


@both_databases
def test_the_same_folder_again_changes_nothing(library: Session, bring: Bring) -> None:
    bring({**PARTS, "样本法.md": law_text("甲。", title="样本法")})
    before = [(row.id, row.fingerprint) for row in library.scalars(select(LawArticle).order_by(LawArticle.id))]
    moments = library.scalars(select(LawVersion.imported_at)).all()
    report = bring()
    assert (report.added, report.replaced, report.articles, report.unchanged) == ([], [], 0, 4)
    assert [(row.id, row.fingerprint) for row in library.scalars(select(LawArticle).order_by(LawArticle.id))] == before
    assert library.scalars(select(LawVersion.imported_at)).all() == moments


@both_databases
def test_a_changed_file_takes_the_place_of_its_version(library: Session, bring: Bring) -> None:
    bring({"示例法.md": law_text(*WORDS), "样本法.md": law_text("甲。", title="样本法")})
    kept = {row.number: row.id for row in queries.articles_of(library, "示例法", VERSION)}
    report = bring({"示例法.md": law_text("示例应当真实。", "示例由公开处登记，十日办结。")})
    assert (report.added, report.replaced, report.unchanged, report.articles) == ([], [("示例法", VERSION)], 1, 2)
    assert texts(library) == {"1": "示例应当真实。", "2": "示例由公开处登记，十日办结。"}
    assert {row.number: row.id for row in queries.articles_of(library, "示例法", VERSION)} == {n: kept[n] for n in ("1", "2")}
    version = library.get_one(LawVersion, ("示例法", VERSION))
    assert (version.article_count, version.in_force_since) == (2, None)
    assert bring().unchanged == 2


def test_dates_that_a_changed_file_corrects_are_corrected(library: Session, bring: Bring) -> None:
    name = "示例法(2021-01-01).md"
    bring({name: law_text(*WORDS, head="2021年1月1日 通过 2021年1月3日 公布")})
    bring({name: law_text(*WORDS, head="2021年1月1日 通过 2021年1月2日 公布 2021年4月1日 施行")})
    version = library.get_one(LawVersion, ("示例法", VERSION))
    assert (version.adopted, version.published, version.in_force_since) == (VERSION, date(2021, 1, 2), date(2021, 4, 1))


def test_one_file_alone(library: Session, tmp_path: Path) -> None:
    folder = write_files(tmp_path, {"示例法.md": law_text(*WORDS), "样本法.md": law_text("甲。", title="样本法")})
    assert import_path(folder / "示例法.md").added == [("示例法", VERSION)]


def test_a_folder_without_texts_is_refused(library: Session, tmp_path: Path) -> None:
    write_files(tmp_path, {"说明.pdf": b"%PDF"})
    with pytest.raises(FileError, match="没有可以读的法律文本"):
        import_path(tmp_path)


def test_progress_ends_where_it_should(library: Session, tmp_path: Path) -> None:
    said: list[tuple[int, int, str]] = []
    import_path(write_files(tmp_path, PARTS), lambda done, total, step="": said.append((done, total, step)))
    assert said[0] == (0, 3, "示例法/分则.md")
    assert said[-1] == (1, 1, "")
    assert all(done <= total for done, total, _step in said)


# ---------------------------------------------------------------- laws in several files


@both_databases
def test_a_law_in_several_files_is_one_law(library: Session, bring: Bring) -> None:
    report = bring(PARTS)
    assert (report.added, report.articles, report.notes) == ([("示例法", VERSION)], 5, [])
    rows = queries.articles_of(library, "示例法", VERSION)
    assert [(row.number, row.position, row.path) for row in rows] == [
        ("1", 1, ["总则", "第一章 规定"]), ("2", 2, ["总则", "第一章 规定"]), ("3", 3, ["分则"]), ("4", 4, ["分则"]), ("5", 5, ["附则"])]
    version = library.get_one(LawVersion, ("示例法", VERSION))
    assert (version.article_count, version.in_force_since, count(library, LawFile)) == (5, date(2021, 3, 1), 3)


@both_databases
def test_one_changed_part_leaves_the_others(library: Session, bring: Bring) -> None:
    bring(PARTS)
    report = bring({"示例法/分则.md": law_text("登记由公开处办理。", "登记不收费用。", part="分则", first=3)})
    assert (report.added, report.replaced, report.problems, report.unchanged) == ([], [("示例法", VERSION)], [], 2)
    assert texts(library) == {"1": "示例应当真实。", "2": "示例应当公开。", "3": "登记由公开处办理。", "4": "登记不收费用。",
                              "5": "本法自2021年3月1日起施行。"}
    version = library.get_one(LawVersion, ("示例法", VERSION))
    assert (version.article_count, version.in_force_since) == (5, date(2021, 3, 1))
    again = bring()
    assert (again.replaced, again.unchanged) == ([], 3)


@both_databases
def test_a_changed_part_that_claims_an_article_of_another_is_refused(library: Session, bring: Bring) -> None:
    bring(PARTS)
    report = bring({"示例法/分则.md": law_text("示例可以不公开。", "登记不收费用。", part="分则", first=2)})
    assert (report.replaced, [problem.values["number"] for problem in report.problems]) == ([], ["2"])
    assert texts(library)["3"] == "登记由办公室办理。"


@both_databases
def test_parts_may_come_one_at_a_time(library: Session, tmp_path: Path) -> None:
    for name in reversed(PARTS):
        write_files(tmp_path / name.partition("/")[2], {name: PARTS[name]})
        import_path(tmp_path / name.partition("/")[2])
    library.expire_all()
    assert [(row.number, row.position) for row in queries.articles_of(library, "示例法", VERSION)] == [(str(n), n) for n in range(1, 6)]
    version = library.get_one(LawVersion, ("示例法", VERSION))
    assert (version.article_count, count(library, Law), count(library, LawVersion)) == (5, 1, 1)


@both_databases
def test_what_a_part_no_longer_has_goes_and_the_rest_stays(library: Session, tmp_path: Path) -> None:
    import_path(write_files(tmp_path / "all", PARTS))
    import_path(write_files(tmp_path / "new", {"分则.md": law_text("登记由办公室办理。", part="分则", first=3)}))
    library.expire_all()
    assert list(texts(library)) == ["1", "2", "3", "5"]
    assert library.get_one(LawVersion, ("示例法", VERSION)).article_count == 4


# ---------------------------------------------------------------- two files of one version


@both_databases
def test_two_copies_with_the_same_words_are_taken_once(library: Session, bring: Bring) -> None:
    report = bring({"a/示例法.md": law_text(*WORDS), "b/示例法.md": law_text(*WORDS).replace("条 ", "条　").replace("真实", "真 实")})
    assert (report.added, report.articles, report.problems, count(library, LawVersion)) == ([("示例法", VERSION)], 3, [], 1)
    assert bring().unchanged == 2


def test_the_same_bytes_twice_are_one_text(library: Session, bring: Bring) -> None:
    report = bring({"a.md": law_text(*WORDS), "b.md": law_text(*WORDS)})
    assert (report.added, count(library, LawFile)) == ([("示例法", VERSION)], 1)
    assert bring().unchanged == 2


def test_the_same_bytes_may_stand_for_two_versions_by_the_names_of_their_files(library: Session, bring: Bring) -> None:
    text = law_text("甲。", head="示例会议通过")
    assert len(bring({"示例法(2019-01-01).md": text, "示例法(2021-01-01).md": text}).added) == 2
    assert (count(library, LawVersion), bring().unchanged) == (2, 2)


@both_databases
def test_two_texts_of_one_version_with_other_words_are_both_refused_and_the_rest_goes_in(library: Session, bring: Bring) -> None:
    report = bring({"a.md": law_text(*WORDS), "b.md": law_text(WORDS[0], "示例由公开处登记。", WORDS[2]), "样本法.md": law_text("甲。", title="样本法")})
    assert report.added == [("样本法", VERSION)]
    (problem,) = report.problems
    assert (problem.file, problem.line) == ("b.md", 9)
    assert problem.text == "与 a.md 都是《示例法》2021-01-01 版本，但第 2 条内容不同，两个都没有导入；请核对后只留一个"
    assert [law.name for law in library.scalars(select(Law))] == ["样本法"]


@both_databases
def test_a_second_text_of_a_version_does_not_push_the_first_out(library: Session, bring: Bring) -> None:
    bring({"a.md": law_text(*WORDS)})
    for _time in range(2):
        report = bring({"b.md": law_text(WORDS[0], "示例由公开处登记。", WORDS[2])})
        assert (report.added, report.replaced, len(report.problems)) == ([], [], 1)
        assert texts(library)["2"] == WORDS[1]


# ---------------------------------------------------------------- rehearsal


@both_databases
def test_a_rehearsal_says_what_would_happen_and_writes_nothing(library: Session, bring: Bring) -> None:
    files: dict[str, str | bytes] = {"示例法.md": law_text(*WORDS), "坏.md": "# 坏法\n"}
    rehearsed = bring(files, dry_run=True)
    assert [count(library, model) for model in (Law, LawVersion, LawArticle, LawFile)] == [0, 0, 0, 0]
    report = bring()
    assert (rehearsed.added, rehearsed.articles, rehearsed.problems) == (report.added, report.articles, report.problems)
    changed = {"示例法.md": law_text(*WORDS[:2])}
    rehearsed = bring(changed, dry_run=True)
    assert (rehearsed.added, rehearsed.replaced, rehearsed.unchanged) == ([], [("示例法", VERSION)], 0)
    assert len(texts(library)) == 3


def test_a_rehearsal_compares_with_the_register(library: Session, bring: Bring) -> None:
    register(library, {"1": WORDS[0], "2": "别的话。", "3": WORDS[2]})
    rehearsed = bring({"示例法.md": law_text(*WORDS)}, dry_run=True)
    assert (rehearsed.added, rehearsed.differing) == ([("示例法", VERSION)], [("示例法", VERSION, ["2"])])
    assert set(texts(library).values()) == {None}


# ---------------------------------------------------------------- the register


@both_databases
def test_a_registered_version_is_confirmed_by_its_text(library: Session, bring: Bring) -> None:
    register(library, dict(zip("123", WORDS, strict=True)), in_force_since=date(2021, 5, 1), adopted=date(2020, 12, 31))
    report = bring({"示例法.md": law_text(*WORDS).replace("真实", "真 实")})
    assert (report.added, report.confirmed, report.differing) == ([("示例法", VERSION)], [("示例法", VERSION, 3)], [])
    version = library.get_one(LawVersion, ("示例法", VERSION))
    # the register's dates count
    assert (version.registered, version.in_force_since, version.adopted) == (True, date(2021, 5, 1), date(2020, 12, 31))
    assert all(row.registered == row.fingerprint for row in queries.articles_of(library, "示例法", VERSION))


@both_databases
def test_articles_that_differ_from_the_register_are_named_in_order(library: Session, bring: Bring) -> None:
    register(library, {"1": WORDS[0], "2": "别的话。", "2-1": "登记的话。", "4": "第四条。"})
    report = bring({"示例法.md": law_text(*WORDS)})
    assert (report.confirmed, report.differing) == ([], [("示例法", VERSION, ["2", "2-1", "3", "4"])])
    rows = {row.number: row for row in queries.articles_of(library, "示例法", VERSION)}
    # what the register has and the text has not stays known by its fingerprint
    assert (rows["4"].text, rows["4"].fingerprint) == (None, fingerprint("第四条。"))
    assert (rows["2"].text, rows["2"].fingerprint, rows["2"].registered) == (WORDS[1], fingerprint(WORDS[1]), fingerprint("别的话。"))
    assert rows["3"].registered == ""


def test_a_part_is_confirmed_by_itself(library: Session, tmp_path: Path) -> None:
    articles = {"1": "示例应当真实。", "2": "示例应当公开。", "3": "登记由办公室办理。", "4": "登记不收费用。", "5": "别的话。"}
    register(library, articles)
    for name, found in (("总则", [("示例法", VERSION, 2)]), ("分则", [("示例法", VERSION, 2)])):
        report = import_path(write_files(tmp_path / name, {f"{name}.md": PARTS[f"示例法/{name}.md"]}))
        assert (report.confirmed, report.differing) == (found, [])
    report = import_path(write_files(tmp_path / "附则", {"附则.md": PARTS["示例法/附则.md"]}))
    assert report.differing == [("示例法", VERSION, ["5"])]


@both_databases
def test_the_register_may_come_after_the_text(library: Session, bring: Bring) -> None:
    bring({"示例法.md": law_text(*WORDS)})
    register(library, {"1": WORDS[0], "2": "别的话。", "4": "第四条。"}, in_force_since=date(2021, 6, 1))
    rows = {row.number: row for row in queries.articles_of(library, "示例法", VERSION)}
    assert (rows["2"].text, rows["2"].fingerprint, rows["2"].registered) == (WORDS[1], fingerprint(WORDS[1]), fingerprint("别的话。"))
    assert (rows["4"].text, rows["4"].fingerprint) == (None, fingerprint("第四条。"))
    assert library.get_one(LawVersion, ("示例法", VERSION)).in_force_since == date(2021, 6, 1)


@both_databases
def test_a_register_that_did_not_change_is_not_taken_again_and_one_that_did_is(library: Session) -> None:
    def take(digest: str, words: str) -> bool:
        version = RegisteredVersion(VERSION, None, None, None, None, 1, "", {"1": fingerprint(words)})
        with db.transaction() as session:
            return service.take_register(session, Register([RegisteredLaw("示例法", TITLE, "", "law", (), (version,))], {}, digest))

    assert (take("a", "甲。"), take("a", "乙。"), take("b", "丙。")) == (True, False, True)
    (row,) = queries.articles_of(library, "示例法", VERSION)
    assert (row.text, row.fingerprint, row.registered) == (None, fingerprint("丙。"), fingerprint("丙。"))


# ---------------------------------------------------------------- forgetting


@both_databases
def test_a_forgotten_law_leaves_what_the_register_knows_and_may_come_again(library: Session, bring: Bring) -> None:
    register(library, {"1": WORDS[0]})
    files: dict[str, str | bytes] = {"示例法.md": law_text(*WORDS), "样本法.md": law_text("甲。", title="样本法")}
    bring(files)
    with db.transaction() as session:
        service.forget_law(session, "示例法")
    library.expire_all()
    assert texts(library) == {"1": None}
    assert texts(library, "样本法") == {"1": "甲。"}
    assert library.get_one(LawVersion, ("示例法", VERSION)).imported_at is None
    assert queries.search(library, "办公室", date(2026, 1, 1)).total == 0
    assert queries.search(library, "登记", date(2026, 1, 1), old=True).total == 0
    report = bring()
    assert (report.added, report.unchanged) == ([("示例法", VERSION)], 1)
    assert queries.search(library, "办公室", date(2026, 1, 1)).total == 1
