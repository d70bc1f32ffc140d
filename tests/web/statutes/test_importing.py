"""Bringing texts into the library on the page: what is taken, what is refused, what is said afterwards."""

from __future__ import annotations

import io
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.jobs import queries as job_queries
from quizapp.jobs import service as jobs
from quizapp.jobs.models import Job
from quizapp.kernel.roles import Role
from quizapp.people.models import RoleGrant
from quizapp.statutes import queries, uploads
from tests.builders.statutes import (
    ACT_TEXT,
    BROKEN_TEXT,
    NEW_TEXT,
    OLD_TEXT,
    SAMPLE,
    TEXTS,
    archive,
    register,
    word_file,
)
from tests.databases import both_databases
from tests.web.statutes.conftest import Enter
from tests.web.statutes.test_finding import LANGUAGES, text

ROLES = pytest.mark.parametrize("role", [Role.EXAM_ADMIN, Role.SYSTEM_ADMIN])


class Counter:
    """The import page as an administrator uses it."""

    def __init__(self, app: Flask, enter: Enter) -> None:
        self.app = app
        self.client = enter(Role.EXAM_ADMIN)

    def send(self, files: dict[str, bytes | str]) -> Any:
        listed = [(io.BytesIO(content if isinstance(content, bytes) else content.encode()), name) for name, content in files.items()]
        return self.client.post("/laws/import", data={"files": listed}, content_type="multipart/form-data")

    def refused(self, files: dict[str, bytes | str]) -> str:
        """The page with the reason, after which nothing is kept."""
        answer = self.send(files)
        assert answer.status_code == 422
        assert not self.kept()
        return str(answer.get_data(as_text=True))

    def done(self, files: dict[str, bytes | str]) -> Job:
        answer = self.send(files)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        job_id = uuid.UUID(answer.location.rpartition("/")[2])
        assert self.client.get(answer.location).status_code == 200
        with self.app.app_context():
            return job_queries.get(db.session(), job_id)

    def result(self, job: Job) -> str:
        return text(self.client, f"/laws/imports/{job.id}")

    def kept(self) -> list[Path]:
        return [path for path in Path(self.app.instance_path, "uploads", "laws").glob("*") if any(path.rglob("*"))]

    def laws(self) -> set[str]:
        with self.app.app_context():
            return {row.name for row in queries.law_rows(db.session()) if row.has_text}


@pytest.fixture
def counter(app: Flask, enter: Enter) -> Counter:
    return Counter(app, enter)


# ---------------------------------------------------------------- who may


@ROLES
@LANGUAGES
def test_the_page_says_how(enter: Enter, role: Role, language: str) -> None:
    page = text(enter(role, language=language), "/laws/import")
    for words in ("flk.npc.gov.cn", 'name="files"', "multiple", 'accept=".md,.txt,.docx,.zip"'):
        assert words in page


@pytest.mark.parametrize("roles", [(), (Role.EDITOR,), (Role.REVIEWER,), (Role.LIAISON,), (Role.AUDITOR,)])
def test_nobody_else_imports(enter: Enter, roles: tuple[Role, ...]) -> None:
    client = enter(*roles)
    assert client.get("/laws/import").status_code == 403
    assert client.post("/laws/import").status_code == 403
    assert client.get(f"/laws/imports/{uuid.uuid4()}").status_code == 403


def test_a_right_taken_back_stops_the_work(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    job = counter.done({"a.md": ACT_TEXT})
    with counter.app.app_context():
        with db.transaction() as session:
            session.execute(update(RoleGrant).values(role=Role.EDITOR))
        jobs.perform(job.id)
        assert "没有导入法律文本的权限" in job_queries.get(db.session(), job.id).problem
    assert (counter.laws(), counter.kept()) == (set(), [])


# ---------------------------------------------------------------- what is taken


@both_databases
def test_texts_become_laws(app: Flask, enter: Enter) -> None:
    counter = Counter(app, enter)
    job = counter.done(dict(TEXTS))
    assert (job.state, job.result["values"]) == (
        "done", {"added": 3, "replaced": 0, "articles": 21, "unchanged": 0, "problems": 0})
    assert counter.laws() == {SAMPLE, "清溪示例法"}
    page = text(counter.client, f"/jobs/{job.id}")
    for words in ("导入法律文本", "新增 3 个版本，更新 0 个，写入 21 条", f'href="/laws/imports/{job.id}">看结果'):
        assert words in page
    result = counter.result(job)
    for words in ("清溪示例法", "2024-06-20", "没有登记", "新增版本"):
        assert words in result
    assert not counter.kept()


def test_the_same_files_again_change_nothing(counter: Counter) -> None:
    counter.done(dict(TEXTS))
    again = counter.done(dict(TEXTS))
    assert again.result["values"] == {"added": 0, "replaced": 0, "articles": 0, "unchanged": 3, "problems": 0}
    assert "这次没有写入任何版本" in counter.result(again)


def test_corrected_words_update_the_version(counter: Counter) -> None:
    counter.done({"示例法(2021-04-02).md": ACT_TEXT})
    again = counter.done({"示例法(2021-04-02).md": ACT_TEXT.replace("责令改正", "要求改正")})
    assert again.result["values"]["replaced"] == 1
    assert "要求改正" in text(counter.client, "/laws/清溪示例法/2021-04-02")


def test_a_word_file_of_the_database(counter: Counter) -> None:
    counter.done({"清溪市样本登记办法.docx": word_file()})
    page = text(counter.client, "/laws/清溪市样本登记办法/2023-01-09")
    for words in ("第一章 总则", "样本由办公室登记。", "2023 年 1 月 5 日", "2023 年 3 月 1 日"):
        assert words in page


def test_an_archive_with_folders_and_what_systems_leave_in_it(counter: Counter) -> None:
    job = counter.done({"texts.zip": archive({
        "texts/行政法规/清溪市示例管理条例(2019-03-01).md": OLD_TEXT, "texts/法律/清溪示例法(2021-04-02).txt": ACT_TEXT,
        "__MACOSX/texts/._x.md": b"\0", "texts/.DS_Store": b"\0", "texts/法律/": "",
    })})
    assert job.result["values"]["added"] == 2
    # the folder that wraps everything says nothing, the one below it says the kind
    assert "?kind=administrative_regulation" in text(counter.client, "/laws").replace("&amp;", "&")
    assert not counter.kept()


def test_names_in_an_archive_that_chinese_windows_wrote(counter: Counter) -> None:
    """GBK, and no mark that says so."""
    name = "半截条例(2022-02-02).md".encode("gb18030")
    placeholder = "x" * len(name)
    job = counter.done({"w.zip": archive({placeholder[:-3] + ".md": BROKEN_TEXT}).replace(placeholder[:-3].encode() + b".md", name)})
    assert job.result["report"]["problems"][0]["file"] == "半截条例(2022-02-02).md"


def test_the_day_of_a_version_may_stand_in_a_very_long_name(counter: Counter) -> None:
    undated = ACT_TEXT.replace("2021年4月2日 清溪市示例委员会通过\n", "")
    job = counter.done({f"{'很长的名字' * 30}（2020-02-02）.md": undated})
    assert job.result["report"]["versions"][0]["version"] == "2020-02-02"


def test_files_of_the_same_name_are_both_read(counter: Counter) -> None:
    both = [(io.BytesIO(OLD_TEXT.encode()), "text.md"), (io.BytesIO(ACT_TEXT.encode()), "text.md")]
    answer = counter.client.post("/laws/import", data={"files": both}, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert counter.laws() == {SAMPLE, "清溪示例法"}


# ---------------------------------------------------------------- what is wrong is said


@LANGUAGES
def test_a_broken_file_is_named_with_its_line_and_the_rest_goes_on(counter: Counter, language: str) -> None:
    job = counter.done({"半截.md": BROKEN_TEXT, "清溪示例法.md": ACT_TEXT, "空.txt": "", "坏.docx": b"no word at all"})
    assert job.result["values"] == {"added": 1, "replaced": 0, "articles": 3, "unchanged": 0, "problems": 3}
    with counter.client.session_transaction() as cookie:
        cookie["language"] = language
    page = counter.result(job)
    for name in ("半截.md", "空.txt", "坏.docx"):
        assert name in page
    assert ("文本在第 2 条中断，文件可能不完整" if language == "zh" else "The text breaks off at article 2") in page
    assert ("第 9 行" if language == "zh" else "line 9") in page
    assert "3" in text(counter.client, f"/jobs/{job.id}")


@LANGUAGES
def test_two_files_of_one_version_with_other_words_are_both_refused(counter: Counter, language: str) -> None:
    job = counter.done({"甲.md": ACT_TEXT, "乙.md": ACT_TEXT.replace("不得拿例子", "不应当拿例子")})
    assert job.result["values"]["added"] == 0
    assert counter.laws() == set()
    with counter.client.session_transaction() as cookie:
        cookie["language"] = language
    wanted = "都是《清溪示例法》2021-04-02 版本，但第 2 条内容不同" if language == "zh" else "article 2 differs. Neither was imported"
    assert wanted in counter.result(job)


def test_a_gap_in_the_numbers_is_noted(counter: Counter) -> None:
    job = counter.done({"缺条.md": ACT_TEXT.replace("第二条", "第五条").replace("第三条", "第六条")})
    page = counter.result(job)
    assert "请再看一眼" in page
    assert "缺第 2、3、4 条" in page


@LANGUAGES
def test_what_the_register_says_of_the_texts(counter: Counter, language: str) -> None:
    with counter.app.app_context(), db.transaction() as session:
        articles = re.findall("第.条 (.*(?:\n\n（.*)*)", OLD_TEXT)
        register(session, articles={str(n): one for n, one in enumerate(articles, 1)})
    good = counter.done({"清溪市示例管理条例(2019-03-01).md": OLD_TEXT})
    bad = counter.done({"清溪市示例管理条例(2019-03-01).md": OLD_TEXT.replace("有效期为两年", "有效期为五年")})
    with counter.client.session_transaction() as cookie:
        cookie["language"] = language
    assert ("9 条，与登记一致" if language == "zh" else "9 articles, as registered") in counter.result(good)
    page = counter.result(bad)
    assert ("1 条与登记不同" if language == "zh" else "1 articles not as registered") in page
    assert "/2019-03-01/7" in page
    assert ("1 个版本与登记的指纹不同" if language == "zh" else "1 versions are not as") in text(counter.client, f"/jobs/{bad.id}")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "请选择文件"),
        ({"": ""}, "请选择文件"),
        ({"law.pdf": b"%PDF"}, "不能读取 law.pdf"),
        ({"law.doc": b"old"}, "旧的 .doc 请另存为 .docx"),
        ({"a.zip": archive({"a.md": ACT_TEXT}), "b.md": ACT_TEXT}, "压缩包请单独上传"),
        ({"a.zip": b"no archive at all"}, "a.zip 打不开"),
        ({"a.zip": archive({})}, "里没有可以读的法律文本"),
        ({"a.zip": archive({"../../etc/evil.md": ACT_TEXT})}, "的位置不对"),
        ({"a.zip": archive({"/etc/evil.md": ACT_TEXT})}, "的位置不对"),
        ({"a.zip": archive({"C:\\evil.md": ACT_TEXT})}, "的位置不对"),
        ({"a.zip": archive({"a\\..\\..\\evil.md": ACT_TEXT})}, "的位置不对"),
        ({"a.zip": archive({"/".join("abcdefgh") + "/x.md": ACT_TEXT})}, "文件夹不超过 5 层"),
        ({"a.zip": archive({"a.md": ACT_TEXT, "run.exe": b"MZ"})}, "a.zip 里有“run.exe”"),
        ({"a.zip": archive({"inner.zip": archive({"a.md": ACT_TEXT})})}, "a.zip 里有“inner.zip”"),
        ({"a.zip": archive({f"{n}.md": "" for n in range(uploads.MAX_ENTRIES + 1)})}, "里有 2001 个文件，一次最多 2000 个"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_text_of_a_law_is_refused(counter: Counter, files: dict[str, bytes | str], words: str) -> None:
    assert words in counter.refused(files)


def test_refusals_in_english(app: Flask, enter: Enter) -> None:
    counter = Counter(app, enter)
    with counter.client.session_transaction() as cookie:
        cookie["language"] = "en"
    assert "Choose a file" in counter.refused({})
    assert "law.pdf cannot be read" in counter.refused({"law.pdf": b""})


def test_an_archive_that_says_it_unpacks_to_too_much(counter: Counter) -> None:
    bomb = archive({f"{n}.md": b"\0" * (uploads.MAX_UNPACKED_BYTES // 4) for n in range(5)})
    assert len(bomb) < 2 * 1024 * 1024
    assert "解开以后超过 200 MB" in counter.refused({"bomb.zip": bomb})


def test_an_archive_that_lies_about_its_sizes(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list says little, the entry holds much: it is stopped while it is unpacked."""
    monkeypatch.setattr(uploads, "MAX_UNPACKED_BYTES", 100_000)
    raw = bytearray(archive({"a.md": b"\0" * 150_000}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = raw.index(mark) + place
        raw[start : start + 4] = (90_000).to_bytes(4, "little")
    job = counter.done({"liar.zip": bytes(raw)})
    assert job.state == "failed"
    assert counter.kept() == []
    assert counter.laws() == set()


def test_an_archive_with_a_password(counter: Counter) -> None:
    raw = bytearray(archive({"a.md": ACT_TEXT}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + place] |= 1
    assert "a.zip 加了密码" in counter.refused({"a.zip": bytes(raw)})


def test_damaged_archives_end_in_a_sentence(counter: Counter) -> None:
    whole = archive({"a.md": ACT_TEXT, "b/c.md": NEW_TEXT})
    for place in range(0, len(whole), 23):
        raw = bytearray(whole)
        raw[place] ^= 0xFF
        answer = counter.send({"a.zip": bytes(raw)})
        if answer.status_code == 303:
            with counter.app.app_context():
                job = job_queries.get(db.session(), uuid.UUID(answer.location.rpartition("/")[2]))
            assert job.state == "done" or job.problem != jobs.BROKEN, f"byte {place}: {job.problem}"
        else:
            assert answer.status_code == 422


# ---------------------------------------------------------------- the result, and the record


def test_the_record_says_who_brought_what(counter: Counter) -> None:
    counter.done({"a.md": ACT_TEXT})
    with counter.app.app_context():
        events = db.session().scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        assert [(e.action, e.actor, e.address) for e in events] == [
            ("upload_laws", "何静安", "127.0.0.1"), ("import_laws", "何静安", "127.0.0.1")]
        assert events[0].detail == {"files": ["a.md"], "total": 1}
        assert (events[1].detail["added"], events[1].detail["articles"]) == (1, 3)


def test_results_are_found_by_their_job_alone(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert counter.client.get(f"/laws/imports/{uuid.uuid4()}").status_code == 404
    with counter.app.app_context(), db.transaction() as session:
        other = jobs.enqueue(session, "bank.build", {}).id
    assert counter.client.get(f"/laws/imports/{other}").status_code == 404
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    waiting = counter.done({"a.md": ACT_TEXT})
    answer = counter.client.get(f"/laws/imports/{waiting.id}")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{waiting.id}")


def test_the_result_can_be_downloaded(counter: Counter) -> None:
    job = counter.done(dict(TEXTS))
    lines = counter.client.get(f"/laws/imports/{job.id}?download=csv").get_data().decode("utf-8-sig").splitlines()
    assert lines[0] == "法律,版本,做了什么,与登记核对"
    assert len(lines) == 4


def test_a_job_done_again_after_its_files_are_gone_says_so(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    job = counter.done({"a.md": ACT_TEXT})
    with counter.app.app_context():
        uploads.law_uploads().drop(uuid.UUID(job.params["upload"]))
        jobs.perform(job.id)
        assert "请重新上传" in job_queries.get(db.session(), job.id).problem


def test_what_a_crash_left_is_swept_after_a_day(
    exam_morning: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "dispatch", lambda job_id: None)
        counter.done({"a.md": ACT_TEXT})
    [left] = counter.kept()
    for days, there in ((0.9, True), (1.1, False)):
        # the file system has a clock of its own
        exam_morning.move_to(datetime.fromtimestamp(left.stat().st_mtime if left.exists() else 0, UTC) + timedelta(days=days))
        with counter.app.app_context():
            uploads.law_uploads().sweep()
        assert left.exists() == there


# ---------------------------------------------------------------- laws in several files


def part(title: str, first: int, words: str = "") -> str:
    articles = "\n\n".join(f"第{n}条 第{n}条的内容{words}。" for n in range(first, first + 3))
    return f"# 清溪大典\n\n# {title}\n\n2020年1月1日 某委员会通过\n\n<!-- INFO END -->\n\n## 第一章 某事\n\n{articles}\n"


def test_a_corrected_part_leaves_the_other_parts_alone(counter: Counter) -> None:
    counter.done({"一.md": part("第一编", 1), "二.md": part("第二编", 4)})
    again = counter.done({"二.md": part("第二编", 4, "改过")})
    assert again.result["values"]["replaced"] == 1
    page = text(counter.client, "/laws/清溪大典/2020-01-01")
    numbers = re.findall(r'<article id="a(\d+)"', page)
    assert numbers == ["1", "2", "3", "4", "5", "6"]
    assert "第5条的内容改过" in page
    assert "<dd>6</dd>" in page


def test_parts_that_come_one_by_one_stand_in_order(counter: Counter) -> None:
    counter.done({"二.md": part("第二编", 4)})
    counter.done({"一.md": part("第一编", 1)})
    page = text(counter.client, "/laws/清溪大典/2020-01-01")
    assert re.findall(r'<article id="a(\d+)"', page) == ["1", "2", "3", "4", "5", "6"]
    assert page.index("第一编") < page.index("第二编")
