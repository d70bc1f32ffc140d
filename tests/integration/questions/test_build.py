"""Building the bank: the bank says what the files say, versions stay, and a fault changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from quizapp.db import db
from quizapp.kernel.errors import ConflictError, FileError, InputError
from quizapp.questions import queries, service
from quizapp.questions.models import Citation, Item, ItemVersion
from quizapp.questions.service import BuildResult
from tests.builders.bank_files import make_bank, single, write_topic
from tests.databases import both_databases


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path)


def build(bank: Path) -> BuildResult:
    with db.transaction() as session:
        return service.build_bank(session, bank)


def count(model: Any) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


@both_databases
def test_a_build_brings_in_what_the_files_say(app: Flask, bank: Path) -> None:
    with app.app_context():
        assert build(bank) == BuildResult(("constitution-001", "constitution-002", "constitution-003"), (), (), 0)
        item = queries.item_by_code(db.session(), "constitution-002")
        (version,) = queries.versions_of(db.session(), item.id)
        (citation,) = queries.citations_of(db.session(), version.id)
        assert (item.status, item.origin, version.number, version.difficulty) == ("published", "authored", 1, 3)
        assert (citation.law, citation.article, citation.position) == ("示例法", "3", 1)
        assert [subject.code for subject in queries.subjects(db.session())] == ["constitution", "civil-code"]


@both_databases
def test_a_second_build_changes_nothing(app: Flask, bank: Path) -> None:
    with app.app_context():
        build(bank)
        before = [(v.id, v.content_hash, v.created_at) for v in db.session().scalars(select(ItemVersion))]
        assert build(bank) == BuildResult((), (), (), 3)
        assert [(v.id, v.content_hash, v.created_at) for v in db.session().scalars(select(ItemVersion))] == before
        assert count(Citation) == 3


@both_databases
def test_an_edited_item_becomes_a_new_version_and_the_old_one_stays(app: Flask, bank: Path) -> None:
    with app.app_context():
        build(bank)
        item = queries.item_by_code(db.session(), "constitution-001")
        old = queries.versions_of(db.session(), item.id)[0]
        kept = (old.id, dict(old.content), old.content_hash)
        write_topic(bank, [single(1, stem="依照示例法，这件事[[不]]归谁管辖？"), single(2), single(3)])
        assert build(bank) == BuildResult((), ("constitution-001",), (), 2)
        db.session().expire_all()
        new, old = queries.versions_of(db.session(), item.id)
        assert (new.number, old.number, queries.item_by_code(db.session(), item.code).current_version) == (2, 1, 2)
        assert (old.id, old.content, old.content_hash) == kept
        assert new.stem == "依照示例法，这件事[[不]]归谁管辖？"
        assert len(queries.citations_of(db.session(), new.id)) == 1


@both_databases
def test_a_removed_item_is_retired_and_restored_when_it_is_back(app: Flask, bank: Path) -> None:
    def status() -> tuple[str, bool]:
        db.session().expire_all()
        item = queries.item_by_code(db.session(), "constitution-003")
        return item.status, item.listed

    with app.app_context():
        build(bank)
        write_topic(bank, [single(1), single(2)])
        assert build(bank).retired == ("constitution-003",)
        assert status() == ("retired", False)
        assert build(bank).is_nothing
        write_topic(bank, [single(1), single(2), single(3)])
        assert build(bank).changed == ("constitution-003",)
        assert status() == ("published", True)
        assert count(ItemVersion) == 3


def test_what_a_person_retired_no_build_brings_back(app: Flask, bank: Path) -> None:
    with app.app_context():
        build(bank)
        with db.transaction() as session:
            service.retire(session, "constitution-001")
        for items in ([single(1)], [single(2)], [single(1, difficulty=1), single(2)]):
            write_topic(bank, items)
            build(bank)
            db.session().expire_all()
            assert queries.item_by_code(db.session(), "constitution-001").status == "retired"


def test_items_from_elsewhere_are_left_alone(app: Flask, bank: Path) -> None:
    with app.app_context():
        build(bank)
        with db.transaction() as session:
            queries.item_by_code(session, "constitution-003").origin = "imported"
        write_topic(bank, [single(1), single(2)])
        assert build(bank).is_nothing


@both_databases
def test_a_bank_with_errors_is_not_written_at_all(app: Flask, bank: Path) -> None:
    write_topic(bank, [single(1), single(2, key=["E"])])
    with app.app_context():
        with pytest.raises(InputError, match=r"2 处错误，没有装入：constitution/topic.yaml:\d+ constitution-002,"):
            build(bank)
        assert (count(Item), count(ItemVersion)) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("subjects.yaml", "- id: a\n   name: [", "第 2 行"),
        ("subjects.yaml", "id: a", "应当是一个列表"),
        ("subjects.yaml", "- name: 宪法", "缺少“id”"),
        ("laws.yaml", "- name: 示例法", "缺少“versions”"),
    ],
)
def test_a_head_file_that_cannot_be_read_is_named(app: Flask, bank: Path, name: str, content: str, says: str) -> None:
    (bank / name).write_text(content, encoding="utf-8")
    with app.app_context(), pytest.raises(FileError, match=says) as caught:
        build(bank)
    assert name in str(caught.value)


def test_a_folder_that_is_no_bank_is_refused(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), pytest.raises(FileError, match=r"subjects\.yaml"):
        build(tmp_path)


def test_the_number_of_statements_does_not_grow_with_the_bank(app: Flask, bank: Path) -> None:
    def statements_for(numbers: range) -> int:
        write_topic(bank, [single(number) for number in numbers], topic="more")
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731 - must be taken off again
        event.listen(db.engine, "before_cursor_execute", listen)
        build(bank)
        event.remove(db.engine, "before_cursor_execute", listen)
        return len([statement for statement in seen if statement.split()[0] != "BEGIN"])

    with app.app_context():
        build(bank)
        few = statements_for(range(10, 15))
        assert statements_for(range(10, 75)) <= few + 3


def test_progress_counts_the_files(app: Flask, bank: Path) -> None:
    write_topic(bank, [single(9)], topic="another")
    said: list[tuple[int, int, str]] = []
    service.sound_files(bank, lambda done, total, step="": said.append((done, total, step)))
    assert said == [(0, 3, "constitution/another.yaml"), (1, 3, "constitution/topic.yaml")]


def test_a_status_is_changed_once(app: Flask, bank: Path) -> None:
    with app.app_context():
        build(bank)
        with db.transaction() as session:
            service.retire(session, "constitution-001")
            with pytest.raises(ConflictError, match="已经停用"):
                service.retire(session, "constitution-001")
            service.publish(session, "constitution-001")
            with pytest.raises(ConflictError, match="已经是发布"):
                service.publish(session, "constitution-001")


def test_what_left_the_files_cannot_be_published(app: Flask, bank: Path) -> None:
    with app.app_context():
        build(bank)
        write_topic(bank, [single(2), single(3)])
        build(bank)
        with pytest.raises(ConflictError, match="不在题库文件里"), db.transaction() as session:
            service.publish(session, "constitution-001")


def test_lists_take_two_queries_and_filters_choose(app: Flask, bank: Path) -> None:
    write_topic(bank, [single(1), single(2), single(3)])
    with app.app_context():
        build(bank)
        session = db.session()
        rows = queries.item_rows(session)
        assert (rows[0].code, rows[0].subject_name, rows[0].basis) == ("constitution-001", "宪法", "示例法 第 2 条")
        only = queries.ItemFilter(type="single", difficulty=3, law="示例法")
        assert [row.code for row in queries.item_rows(session, only)] == ["constitution-002"]
        assert queries.item_rows(session, queries.ItemFilter(law="别的法")) == []
        assert queries.item_rows(session, queries.ItemFilter(status="retired")) == []
        assert queries.cited_laws(session) == ["示例法"]
