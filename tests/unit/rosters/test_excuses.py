"""The way of an application, and what may be attached to it."""

from __future__ import annotations

import io
import zipfile

import pytest

from quizapp.kernel.errors import ConflictError, FileError
from quizapp.rosters.rules import (
    ACT_NAMES,
    CAPACITY_NAMES,
    DOCX,
    JPEG,
    MAX_BYTES,
    PDF,
    PNG,
    STATE_NAMES,
    STATE_TAGS,
    Act,
    State,
    after,
    listed,
    media_type_of,
    shown_name,
)


def docx(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


WORD = docx("[Content_Types].xml", "word/document.xml")


def test_every_state_and_act_has_a_name() -> None:
    assert set(STATE_NAMES) == set(STATE_TAGS) == set(State)
    assert set(ACT_NAMES) == set(Act)
    assert set(CAPACITY_NAMES) == {"self", "unit", "desk"}


def test_an_application_goes_one_way() -> None:
    ways = {(state, act): after(state, act) for state in State for act in Act if possible(state, act)}
    assert ways == {
        ("asked", "consent"): "consented", ("asked", "decline"): "declined", ("asked", "grant"): "granted",
        ("asked", "refuse"): "refused", ("asked", "withdraw"): "withdrawn", ("asked", "drop"): "dropped",
        ("consented", "grant"): "granted", ("consented", "refuse"): "refused", ("consented", "withdraw"): "withdrawn",
        ("consented", "drop"): "dropped", ("granted", "reverse"): "reversed",
    }


def possible(state: State, act: Act) -> bool:
    try:
        after(state, act)
    except (ConflictError, KeyError):
        return False
    return True


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("证明.pdf", b"%PDF-1.7\n", PDF), ("a.JPG", b"\xff\xd8\xff\xe0", JPEG), ("a.png", b"\x89PNG\r\n\x1a\nx", PNG),
     ("说明.docx", WORD, DOCX)],
)
def test_what_may_be_attached(name: str, content: bytes, kind: str) -> None:
    assert media_type_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.html", b"<script>", "不是 PDF"), ("a.pdf.exe", b"%PDF-1.7", "不是 PDF"), ("a", b"%PDF-1.7", "不是 PDF"),
        ("a.pdf", b"<html>", "不符"), ("a.pdf", b"", "不符"), ("a.png", b"\xff\xd8\xff\xe0", "不符"),
        ("a.docx", docx("other.txt"), "不符"), ("a.docx", b"PK\x03\x04broken", "已损坏"),
        ("a.docx", docx("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "有宏"),
        ("a.pdf", b"%PDF-" + bytes(MAX_BYTES), "超过 5 MB"),
    ],
)
def test_what_may_not(name: str, content: bytes, why: str) -> None:
    with pytest.raises(FileError, match=why):
        media_type_of(name, content)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("../../etc/证明.pdf", "证明.pdf"), ("C:\\tmp\\证明.pdf", "证明.pdf"), ("a\r\nb\x00.pdf", "ab.pdf"), ("", "file")],
)
def test_a_name_is_no_path(typed: str, kept: str) -> None:
    assert shown_name(typed) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = shown_name("很" * 300 + ".docx")
    assert len(name) <= 120
    assert name.endswith(".docx")


def test_a_list_of_people_is_read_line_by_line() -> None:
    assert listed("q1\n\n 沈砚秋 \nq2，q3、q4;q5") == [(1, "q1"), (3, "沈砚秋"), (4, "q2"), (4, "q3"), (4, "q4"), (4, "q5")]
