"""Files that come in, and files that go out."""

from __future__ import annotations

import ast
import csv
import io
import stat
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from quizapp import config
from quizapp.kernel import handed_in
from quizapp.kernel.documents import read_bytes
from quizapp.kernel.errors import FileError
from quizapp.people.roster_files import read_rows
from quizapp.statutes.uploads import check_archive, unpack
from quizapp.ui.cells import csv_file, safe_cell, sheet_name

PACKAGE = Path(config.__file__).parent
BILLION = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def workbook(**more: bytes) -> bytes:
    """A roster, with entries added or replaced."""
    buffer, made = io.BytesIO(), openpyxl.Workbook()
    made.worksheets[0].append(["姓名"])
    made.save(buffer)
    return repacked(buffer.getvalue(), more)


def report(**more: bytes) -> bytes:
    buffer, made = io.BytesIO(), docx.Document()
    made.add_paragraph("某县财政局组织学法考试情况报告，参加人数一百二十人。")
    made.save(buffer)
    return repacked(buffer.getvalue(), more)


def repacked(data: bytes, more: dict[str, bytes], flags: dict[str, int] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in more:
                target.writestr(name, source.read(name))
        for name, content in more.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (flags or {}).get(name, 0o100644) << 16
            entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return buffer.getvalue()


def test_what_is_in_order_is_read() -> None:
    assert read_rows(workbook(), "名册.xlsx") == [["姓名"]]
    assert "学法考试" in read_bytes("报告.docx", report())


BAD = {
    "entities": {"xl/a.xml": BILLION}, "outside": {"xl/a.xml": OUTSIDE}, "utf-16": {"xl/a.xml": BILLION.decode().encode("utf-16")},
    "other encoding": {"xl/a.xml": b'<?xml version="1.0" encoding="UTF-7"?><x/>'}, "ebcdic": {"xl/a.xml": BILLION.decode().encode("cp037")},
    "macro": {"xl/vbaProject.bin": b"x"}, "archive": {"xl/inner.zip": b"PK\x05\x06" + b"\0" * 18}, "out": {"../../etc/cron.d/x": b"x"},
    "absolute": {"/etc/passwd": b"x"}, "drive": {"C:\\x": b"x"},
}


@pytest.mark.parametrize("more", BAD.values(), ids=BAD)
def test_what_does_not_belong_in_a_package_is_refused(more: dict[str, bytes]) -> None:
    for read, made, name in ((read_rows, workbook, "名册.xlsx"), (lambda data, name: read_bytes(name, data), report, "报告.docx")):
        with pytest.raises(FileError, match=r"不该有的内容|宏"):
            read(made(**more), name)


def test_a_link_in_a_package_or_an_archive_is_refused(tmp_path: Path) -> None:
    linked = repacked(workbook(), {"xl/link.xml": b"/etc/passwd"}, {"xl/link.xml": stat.S_IFLNK | 0o777})
    with pytest.raises(FileError, match="不该有的内容"):
        read_rows(linked, "名册.xlsx")
    archive = tmp_path / "laws.zip"
    archive.write_bytes(repacked(workbook(), {"a.md": b"/etc/passwd"}, {"a.md": stat.S_IFLNK | 0o777}))
    with zipfile.ZipFile(archive) as found, pytest.raises(FileError):
        check_archive(Path(str(found.filename)), "laws.zip")


@pytest.mark.parametrize("place", ["../up.md", "/etc/up.md", "a/../../up.md", "..\\up.md", "C:/up.md"])
def test_nothing_is_unpacked_outside_its_folder(tmp_path: Path, place: str) -> None:
    archive, target = tmp_path / "laws.zip", tmp_path / "in" / "texts"
    target.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(place, "# 示例法")
    for act in (lambda: check_archive(archive, "laws.zip"), lambda: unpack(archive, target)):
        with pytest.raises(FileError, match="位置不对"):
            act()
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == []


def test_bombs_are_refused_by_what_they_would_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "MAX_UNPACKED_BYTES", 4 * 1024 * 1024)
    flood = {f"xl/{number}.bin": b"\0" * (handed_in.MAX_UNPACKED_BYTES // 4) for number in range(5)}
    with pytest.raises(FileError, match="超过 4 MB"):
        read_rows(workbook(**flood), "名册.xlsx")
    with pytest.raises(FileError, match="一次最多"):
        read_rows(workbook(**{f"xl/{number}.bin": b"" for number in range(handed_in.MAX_ENTRIES)}), "名册.xlsx")
    with pytest.raises(FileError, match="超过 20 MB"):
        read_rows(b"x" * (handed_in.MAX_BYTES + 1), "名册.csv")


def test_a_size_that_lies_is_found() -> None:
    data = bytearray(workbook(**{"xl/z.bin": b"\0" * 100_000}))
    place = data.rindex(b"xl/z.bin") - 46 + 24  # the unpacked size in the list at the end
    data[place : place + 4] = (100).to_bytes(4, "little")
    with pytest.raises(FileError, match="打不开"):
        read_rows(bytes(data), "名册.xlsx")


def test_two_entries_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(workbook())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(FileError, match="不该有的内容"):
        read_rows(buffer.getvalue(), "名册.xlsx")


@pytest.mark.parametrize(("name", "data"), [
    ("名册.xlsx", b"a,b\n"), ("名册.csv", b"%PDF-1.7"), ("名册.csv", b"MZ\x90"), ("名册.csv", b"\x89PNG\r\n"), ("报告.txt", b"\x7fELF"),
    ("报告.pdf", b"PK\x03\x04"), ("报告.docx", b"%PDF-1.7"), ("图.png", b"\x89PNG\r\n"), ("图.svg", b"<svg onload='x'/>"), ("页.html", b"<html>"),
])
def test_a_file_is_what_its_name_says(name: str, data: bytes) -> None:
    """No picture is taken at all: there is nothing that one could flood with pixels."""
    with pytest.raises(FileError):
        handed_in.check_kind(name, data)


def test_one_cell_of_ten_megabytes_is_refused() -> None:
    with pytest.raises(FileError, match="不完整"):
        read_rows(b"a," + b"x" * 10_000_000, "名册.csv")


def test_a_document_reaches_nowhere() -> None:
    """Links to other machines stay words: the guard of the tests would end a connection with an error."""
    away = b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' \
        b'<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" ' \
        b'Target="http://169.254.169.254/latest" TargetMode="External"/></Relationships>'
    assert "学法考试" in read_bytes("报告.docx", report(**{"word/_rels/settings.xml.rels": away}))
    assert read_rows(workbook(**{"xl/externalLinks/_rels/externalLink1.xml.rels": away}), "名册.xlsx") == [["姓名"]]


WRITES_ONLY = {"privacy/documents.py", "filings/files/word.py"}  # make what is handed out, and open nothing


def test_every_reader_of_files_stands_behind_the_one_gate() -> None:
    readers = {"zipfile", "docx", "python_calamine", "pypdfium2"}
    gate = "quizapp.kernel.handed_in"
    for path in sorted(PACKAGE.rglob("*.py")):
        names = imported(path)
        if names & readers and path.name != "handed_in.py" and str(path.relative_to(PACKAGE)) not in WRITES_ONLY:
            assert any(name.startswith(("quizapp.kernel.handed_in", "quizapp.kernel")) for name in names), path
            assert gate in path.read_text(encoding="utf-8").replace("from quizapp.kernel import handed_in", gate), path
        assert not names & {"PIL", "xml", "lxml", "tarfile", "pickle", "marshal", "shelve"}, path


# ---------------------------------------------------------------- out


RUN = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM", " =1", "\u3000=1", "\ufeff=1", "\u200b＝1",
       "=cmd|' /C calc'!A0", "\x00=1"]


@pytest.mark.parametrize("text", RUN)
def test_no_cell_runs(text: str) -> None:
    cell = safe_cell(text)
    assert cell.startswith("'")
    (row,) = list(csv.reader(io.StringIO(csv_file([[text, "甲\"乙,\r\n丙"]]).decode("utf-8-sig"), newline="")))
    assert row == [cell, "甲\"乙,\r\n丙"]
    made = openpyxl.Workbook()
    made.worksheets[0].append([cell])
    buffer = io.BytesIO()
    made.save(buffer)
    assert openpyxl.load_workbook(io.BytesIO(buffer.getvalue())).worksheets[0]["A1"].data_type == "s"


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert [safe_cell(value) for value in ("甲", "a=b", "", None, -1, 2.5, "0012")] == ["甲", "a=b", "", None, -1, 2.5, "0012"]
    assert safe_cell("甲\x0b乙\ud800\uffff") == "甲乙"


@pytest.mark.parametrize(("text", "name"), [("=考试[1]:*?/\\", "考试 1"), ("'甲'", "甲"), ("", "1"), ("=", "1"), ("甲" * 40, "甲" * 31)])
def test_a_sheet_has_a_name_that_it_may_have(text: str, name: str) -> None:
    made = openpyxl.Workbook()
    assert made.create_sheet(sheet_name(text)).title == name


def test_every_export_writes_through_the_one_place() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name == "cells.py":
            continue
        assert "csv.writer(" not in text, path
        assert "DictWriter(" not in text, path
        # the template of a roster holds words of the program alone
        if "Workbook(" in text and "CalamineWorkbook" not in text:
            assert "safe_cell" in text or "from quizapp.ui.sheets import" in text, path
    assert "safe_cell(" in (PACKAGE / "ui" / "sheets.py").read_text(encoding="utf-8")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] if not alias.name.startswith("quizapp") else alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module if node.module.startswith("quizapp") else node.module.partition(".")[0])
    return found


SPEAKS_OUTWARD: dict[str, str] = {
    "people/single_sign_on.py": "the provider of QUIZAPP_OIDC_ISSUER, by the list of quizapp/outbound.py",
    "people/directory.py": "the directory of QUIZAPP_LDAP_URL, by the same list",
}
"""Modules that open connections to other machines, and where to: only what the operator has configured."""


def test_nothing_here_fetches_from_other_machines() -> None:
    clients = {"urllib.request", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "http.client", "ldap3", "authlib", "urllib3"}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = ([alias.name for alias in node.names] if isinstance(node, ast.Import)
                     else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            spoken = [name for name in names if any(name == client or name.startswith(client + ".") for client in clients)]
            assert not spoken or str(path.relative_to(PACKAGE)) in SPEAKS_OUTWARD, f"{path} imports {spoken}"


