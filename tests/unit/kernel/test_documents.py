"""Files of every kind that offices hand in, and those that cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest

from quizapp.kernel import handed_in
from quizapp.kernel.documents import read_bytes, read_document
from quizapp.kernel.errors import FileError
from quizapp.plans.rules import read_report

REPORTS = Path(__file__).parents[2] / "fixtures" / "reports"
TEXT = (REPORTS / "county-bureau.txt").read_text(encoding="utf-8")


def word_file(*paragraphs: str, rows: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for line, row in zip(table.rows, rows, strict=True):
            for cell, words in zip(line.cells, row, strict=True):
                cell.text = words
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def empty_pdf() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842).close()
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_in_the_encodings_of_offices(encoding: str) -> None:
    assert read_bytes("报告.TXT", TEXT.encode(encoding)) == TEXT


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text(TEXT, encoding="gb18030")
    assert read_document(path) == TEXT


def test_a_word_file_reads_as_its_text() -> None:
    report = read_report(read_bytes("报告.docx", word_file(*TEXT.splitlines())), {})
    assert report == read_report(TEXT, {})


def test_tables_of_a_word_file_stand_in_their_place() -> None:
    data = word_file(
        "某县财政局2023年法治政府建设情况报告",
        "2023年，局机关组织学法考试，情况如下：",
        rows=[["学法考试", "参考率", "合格率"], ["线上考试2次", "100%", "98.5%"]],
    )
    text = read_bytes("报告.docx", data)
    assert text.endswith("学法考试：线上考试2次，参考率：100%，合格率：98.5%。")
    report = read_report(text, {})
    assert report.exams.online == 2
    assert {(rate.measure, rate.value) for rate in report.rates} == {("participation", 100), ("pass_rate", 98.5)}


def test_a_pdf_broken_over_lines_and_pages_reads_as_the_same_report() -> None:
    report = read_report(read_document(REPORTS / "finance-bureau.pdf"), {})
    plain = read_report((REPORTS / "finance-bureau.txt").read_text(encoding="utf-8"), {})
    assert (report.agency, report.year, report.exams) == (plain.agency, plain.year, plain.exams)
    assert report.rates == plain.rates
    assert report.study_sessions == plain.study_sessions
    assert report.titles == plain.titles
    assert report.shortcomings == plain.shortcomings
    assert [campaign.name for campaign in report.campaigns] == [campaign.name for campaign in plain.campaigns]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("报告.txt", b"", "是空的"),
        ("报告.txt", b"   \n", "没有中文内容"),
        ("报告.txt", b"\x00\x01\xff\xff\x80", "编码"),
        ("报告.xlsx", b"PK", "只支持"),
        ("报告.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .docx"),
        ("报告.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "加了密码"),
        ("报告.docx", b"PK\x03\x04 broken", "已损坏"),
        ("报告.pdf", b"%PDF-1.7 broken", "已损坏"),
        ("报告.pdf", empty_pdf(), "扫描件"),
        ("报告.docx", word_file(""), "没有中文内容"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(FileError, match=reason) as refused:
        read_bytes(name, data)
    assert refused.value.file == name


def test_a_zip_that_is_no_word_file_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("a.txt", "a")
    with pytest.raises(FileError, match="已损坏"):
        read_bytes("报告.docx", buffer.getvalue())


def test_a_word_file_with_broken_xml_is_refused() -> None:
    source = zipfile.ZipFile(io.BytesIO(word_file("学法")))
    buffer = io.BytesIO()
    with source, zipfile.ZipFile(buffer, "w") as package:
        for name in source.namelist():
            package.writestr(name, b"<w:document" if name == "word/document.xml" else source.read(name))
    with pytest.raises(FileError, match="已损坏"):
        read_bytes("报告.docx", buffer.getvalue())


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(handed_in, "MAX_BYTES", 100)
    path = tmp_path / "报告.txt"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(FileError, match="超过"):
        read_document(path)
    with pytest.raises(FileError, match="超过"):
        read_bytes("报告.txt", TEXT.encode())


def test_a_word_file_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(FileError, match="超过"):
        read_bytes("报告.docx", word_file("学法"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"没有\.txt"):
        read_document(tmp_path / "没有.txt")
