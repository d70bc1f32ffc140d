"""Files as they come: encodings, Word, broken ones. Whatever is wrong with one, the others go in."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from quizapp.kernel import handed_in
from quizapp.statutes import files, queries
from quizapp.statutes.importing import import_path
from quizapp.statutes.models import Law, LawFile, LawVersion
from tests.builders.library import law_text, word_law
from tests.databases import both_databases
from tests.integration.statutes.conftest import Bring

VERSION = date(2021, 1, 1)
WORDS = ("示例应当真实。", "本法自2021年3月1日起施行。")
TEXT = law_text(*WORDS)
OTHER = {"样本法.md": law_text("甲。", title="样本法")}  # what has to go in beside the odd file
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500

NATIONAL = (
    "中华人民共和国", "示例法",
    "（2015年3月1日第一届示例会议第三次会议通过　2023年9月1日第二届示例会议第五次会议修订　2023年9月2日公布）",
    "目　　录", "第一章　总　　则", "第二章　登　　记", "　　第一节　申　　请", "　　第二节　办　　理", "第三章　附　　则",
    "第一章　总　　则", "第一条　示例应当真实。",
    "第二章　登　　记", "第一节　申　　请", "第二条　申请登记示例，应当提交下列材料：", "（一）示例的名称；", "（二）制作人的姓名。",
    "第二节　办　　理", "第二条之一　登记不收费用。",
    "第三章　附　　则", "第三条　本法自2024年1月1日起施行。",
)


def articles(session: Session, version: date = VERSION) -> list[tuple[str, list[str], str | None]]:
    return [(row.number, row.path, row.text) for row in queries.articles_of(session, "示例法", version)]


# ---------------------------------------------------------------- encodings and names


@both_databases
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_texts_in_the_encodings_of_offices(library: Session, bring: Bring, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    report = bring({"示例法.txt": mark + TEXT.encode(encoding)})
    assert report.problems == []
    assert articles(library) == [("1", [], WORDS[0]), ("2", [], WORDS[1])]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_yaml_header_in_any_encoding(library: Session, bring: Bring, encoding: str) -> None:
    text = '---\ntitle: "示例法"\npublish_date: "2021-01-01"\n---\n\n# 示例法\n\n第一条 示例应当真实。\n'
    assert bring({"示例法.md": text.encode(encoding)}).added == [("示例法", VERSION)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no text")
def test_names_that_an_archive_of_windows_left_are_read(library: Session, bring: Bring, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "texts") + b"/" + "行政法规".encode("gb18030")
    os.makedirs(folder)  # noqa: PTH103 - a name of bytes
    name = folder + b"/" + "示例办法（2021-01-01）.md".encode("gb18030")
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    Path(os.fsdecode(name)).write_text(law_text("甲。", title="示例办法", head="示例会议通过"), encoding="utf-8")
    report = bring({"坏.md": "# 坏法\n"})
    assert (report.added, [problem.file for problem in report.problems]) == ([("示例办法", VERSION)], ["坏.md"])
    assert library.get_one(Law, "示例办法").kind == "administrative_regulation"
    assert [row.name for row in library.query(LawFile)] == ["行政法规/示例办法（2021-01-01）.md"]


# ---------------------------------------------------------------- what cannot be read


# name → content, line, what is said of it
BROKEN: dict[str, tuple[str | bytes, int | None, str]] = {
    "bytes.md": (bytes(range(256)) * 20, None, "{} 不是文本文件，或编码不是 UTF-8、GB18030。"),
    "no-mark.md": (TEXT.encode("utf-16-le"), None, "{} 不是文本文件，或编码不是 UTF-8、GB18030。"),
    "empty.md": ("", 1, "没有标题：第一行应当是法律的全称"),
    "no-title.txt": ("第一条 没有标题。\n", 1, "没有标题：第一行应当是法律的全称"),
    "long-title.md": (f"# {'长' * 201}\n\n2021年1月1日 通过\n\n第一条 甲。\n", 1, "标题有 201 个字，不像是法律的全称：第一行应当是标题"),
    "no-text.md": ("# 示例法\n\n2021年1月1日 通过\n", 1, "示例法 没有正文，文件可能不完整"),
    "no-date.md": (law_text(*WORDS, head="示例会议通过"), 1,
                   "中华人民共和国示例法 没有写明通过、公布或者修改的日期；请在文件名后面用括号写上，例如（2023-09-01）"),
    "twice.md": (law_text("甲。", "乙。") + "第一条 丙。\n", 7, "第 1 条出现了两次，内容不同；请核对文本"),
    "truncated.md": (TEXT[: TEXT.index("月1日起施行")], 9, "文本在第 2 条中断，文件可能不完整"),
    "number-only.md": (law_text("甲。") + "\n第二条", 9, "文本在第 2 条中断，文件可能不完整"),
    "old.docx": (OLD_WORD, None, "{} 是旧格式或加了密码的 Word 文件，请去掉密码并另存为 .docx。"),
    "old.doc": (OLD_WORD, None, "{} 是旧格式或加了密码的 Word 文件，请去掉密码并另存为 .docx。"),
    "rubbish.docx": (b"PK\x03\x04 broken", None, "文件 {} 已损坏，打不开。请重新导出。"),
    "truncated.docx": (word_law(*NATIONAL)[:-400], None, "文件 {} 已损坏，打不开。请重新导出。"),
    "empty.docx": (word_law(), 1, "没有标题：第一行应当是法律的全称"),
}


@both_databases
def test_what_cannot_be_read_is_named_with_its_line_and_the_rest_goes_in(library: Session, bring: Bring) -> None:
    report = bring({f"下载/{name}": content for name, (content, _line, _says) in BROKEN.items()} | OTHER)
    assert (report.added, library.query(LawFile).count()) == ([("样本法", VERSION)], 1)
    found = {problem.file: (problem.line, problem.text) for problem in report.problems}
    assert found == {f"下载/{name}": (line, says.format(f"下载/{name}")) for name, (_content, line, says) in BROKEN.items()}


def test_a_mended_file_is_read_anew(library: Session, bring: Bring) -> None:
    name = "truncated.md"
    assert len(bring({name: BROKEN[name][0]}).problems) == len(bring().problems) == 1
    assert bring({name: TEXT}).added == [("示例法", VERSION)]


def test_a_word_file_damaged_anywhere_never_stops_an_import(library: Session, bring: Bring) -> None:
    sound = word_law(*NATIONAL)
    damaged: dict[str, str | bytes] = {}
    for number in range(60):
        place = len(sound) * number // 60
        damaged[f"{number}.docx"] = sound[:place] + bytes(byte ^ 0x55 for byte in sound[place : place + 3]) + sound[place + 3 :]
    report = bring(damaged | OTHER)
    assert ("样本法", VERSION) in report.added
    # harm to what is not read, such as styles, does no harm
    assert 0 < len({problem.file for problem in report.problems}) < 60


def test_a_file_that_unpacks_too_large_is_refused(library: Session, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "MAX_UNPACKED_BYTES", 1024 * 1024)
    data = word_law(*NATIONAL, "甲" * 500_000)
    assert len(data) < 100_000
    report = bring({"a.docx": data, **OTHER})
    assert (report.added, [p.file for p in report.problems]) == ([("样本法", VERSION)], ["a.docx"])
    assert "超过" in report.problems[0].text


def test_a_file_too_large_for_a_law_is_refused(library: Session, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", len(TEXT.encode()) - 1)
    report = bring({"a.md": TEXT, **OTHER})
    assert (report.added, [p.text for p in report.problems]) == ([("样本法", VERSION)], ["文件超过 0 MB，不像是一部法律"])


def test_what_looks_odd_is_noted_and_goes_in(library: Session, bring: Bring) -> None:
    text = law_text("甲。", "乙。") + "\n".join(f"第{n}条 丙。" for n in (5, 9, 12, 20)) + "\n"
    report = bring({"a.md": text})
    assert (report.added, report.problems) == ([("示例法", VERSION)], [])
    assert [(note.file, note.text) for note in report.notes] == [("a.md", "缺第 3、4、6、7、8、10… 条，请核对文本是否完整")]


def test_a_text_without_articles_is_one_piece(library: Session, bring: Bring) -> None:
    bring({"a.md": "# 示例法\n\n2021年1月1日 通过\n\n<!-- INFO END -->\n\n一、甲。\n\n二、乙。\n"})
    assert articles(library) == [("text", [], "一、甲。\n二、乙。")]
    assert library.get_one(LawVersion, ("示例法", VERSION)).article_count == 0


# ---------------------------------------------------------------- Word files of the national database


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine at which somebody would be heard."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@both_databases
def test_a_word_file_of_the_national_database(library: Session, bring: Bring, listener: socket.socket) -> None:
    report = bring({"示例法.docx": word_law(*NATIONAL, link=f"http://127.0.0.1:{listener.getsockname()[1]}/law")})
    assert (report.problems, report.notes) == ([], [])
    version = library.get_one(LawVersion, ("示例法", date(2023, 9, 2)))
    assert (version.adopted, version.published, version.in_force_since, version.amended) == (
        date(2023, 9, 1), date(2023, 9, 2), date(2024, 1, 1), False)
    assert library.get_one(Law, "示例法").title == "中华人民共和国示例法"
    assert articles(library, date(2023, 9, 2)) == [
        ("1", ["第一章 总 则"], "示例应当真实。"),
        ("2", ["第二章 登 记", "第一节 申 请"], "申请登记示例，应当提交下列材料：\n（一）示例的名称；\n（二）制作人的姓名。"),
        ("2-1", ["第二章 登 记", "第二节 办 理"], "登记不收费用。"),
        ("3", ["第三章 附 则"], "本法自2024年1月1日起施行。。"),
    ]
    with pytest.raises(BlockingIOError):  # nobody called
        listener.accept()


def test_a_word_file_and_a_plain_one_of_the_same_words_are_one_text(library: Session, bring: Bring) -> None:
    lines = ("示例法", "（2021年1月1日第一届示例会议通过）", "第一条　示例应当真实。", "第二条　本法自2021年3月1日起施行。")
    report = bring({"a.docx": word_law(*lines), "b.md": law_text(*WORDS, title="示例法")})
    assert (report.added, report.problems) == ([("示例法", VERSION)], [])


def test_parts_and_a_preamble_of_a_word_file(library: Session, bring: Bring) -> None:
    lines = ("示例法", "（2021年1月1日通过）", "目　录", "序　言", "第一编　通则", "第一分编　登记", "第一章　总则", "序　言", "从前没有示例。",
             "第一编　通则", "第一分编　登记", "第一章　总则", "第一条　示例应当真实。", "第二章　附则", "第二条　自公布之日起施行。")
    bring({"a.docx": word_law(*lines)})
    assert [(number, path) for number, path, _text in articles(library)] == [
        ("preamble", ["序 言"]), ("1", ["第一分编 登记", "第一章 总则"]), ("2", ["第一分编 登记", "第二章 附则"])]


def test_a_word_file_without_contents_or_articles(library: Session, bring: Bring) -> None:
    bring({"a.docx": word_law("关于示例的决定", "（2021年1月1日通过）", "一、示例应当公开。", "二、本决定自公布之日起施行。")})
    (row,) = queries.articles_of(library, "关于示例的决定", VERSION)
    assert (row.number, row.text) == ("text", "一、示例应当公开。\n二、本决定自公布之日起施行。")


def test_a_table_of_a_word_file_is_not_lost(library: Session, tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    for line in ("示例法", "（2021年1月1日通过）", "第一条　示例应当真实。", "第二条　收费标准见附件。", "附件"):
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "登记费", "零元"
    document.save(str(tmp_path / "a.docx"))
    import_path(tmp_path)
    assert articles(library)[-1] == ("annex", [], "附件\n登记费：零元。")
