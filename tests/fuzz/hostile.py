"""What somebody sends who means no good, or whose program is broken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

MARK, MARK_NUMBER, MARK_DAY = "zhuru-7f3a91", "774411", "2097-07-17"
"""Values of fields that no form has: they must not turn up anywhere in the database."""
PRODUCT, SCRIPT = "9801547", "<script>alert(7)</script>"
"""What a template would make of {{1337*7331}}, and a script that must never stand in a page as one."""

TEXTS = [
    "", " ", "\0", "a\0b", "null", "true", "[]", "{}", "0", "-1", "1e309", "NaN", "sNaN", "-Infinity", "Infinity", "-0", "1.5", "٣", "１２", "+1", "0x10",
    "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "9" * 40, "1" + "0" * 400,
    "x" * 41, "x" * 201, "长" * 2001, "长" * 20_000, "\u202e倒写\u202c", "👩‍👩‍👧‍👦" * 30, "é" * 200, "\ufeff", "\u200b", "\ufffe", "\x1b[31m",
    "a\r\nSet-Cookie: x=1", "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1+1",
    "' OR 1=1 --", "'; DROP TABLE person; --", "%", "_", "%' AND 1=0 --", "\\", "\\u0000", "{{1337*7331}}", "{% raw %}", "${1337*7331}",
    "%(name)s", "%s%n", "{0}", SCRIPT, "\"><img src=x onerror=alert(1)>", "javascript:alert(1)",
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/dev/null", "CON", "//evil.example/x", "https://evil.example", "/\\evil.example",
    "0001-01-01", "9999-12-31", "2026-02-30", "-2026-01-01", "2026-13-01", "10000-01-01", "2026-11-25T25:61", "0001-01-01T00:00",
    "9999-12-31T23:59", "1970-01-01",
]
NAMES = {
    "score": MARK_NUMBER, "state": MARK, "user_id": MARK_NUMBER, "person_id": MARK_NUMBER, "candidate_id": MARK_NUMBER,
    "unit_id": MARK_NUMBER, "role": MARK, "roles": MARK, "deadline": MARK_DAY, "deadline_at": MARK_DAY, "is_admin": MARK,
    "admin": MARK, "created_at": MARK_DAY, "released_at": MARK_DAY, "active": MARK, "password_hash": MARK, "id": MARK_NUMBER,
    "path": MARK, "parent_id": MARK_NUMBER, "author_id": MARK_NUMBER, "marker_id": MARK_NUMBER, "extra_percent": MARK_NUMBER,
    "attempts_allowed": MARK_NUMBER, "actor": MARK, "actor_id": MARK_NUMBER, "receipt": MARK, "_method": MARK, "__class__": MARK,
}
NUMBERS = [0, 1, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 10**30, 10**2000]
QUERIES = ["", "", "", "", "next=//evil.example", "unit=99999999999999999999", "page=-1&sort=%00&q=%00", "download=xlsx&download=json",
           "recovery&next=/%5cevil", "year=99999999999", "unit[]=1&unit=2", "q=%ff%fe"]
ALLOWED_ENDINGS = ("xlsx", "csv", "txt", "docx", "pdf", "quizapp", "zip", "yaml", "md")


def _zipped(**files: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""
CONTENTS = {
    "nothing": b"", "a picture": b"\x89PNG\r\n\x1a\n" + bytes(64), "a program": b"MZ" + bytes(64), "NUL": b"\0" * 500,
    "no text": bytes(range(128, 256)), "a page": SCRIPT.encode(), "half an archive": b"PK\x03\x04" + bytes(20),
    "a path out": _zipped(**{"../../../../tmp/out.txt": b"x"}), "zeros, packed": _zipped(**{"a.txt": bytes(3_000_000)}),
    "no workbook": _zipped(**{"xl/workbook.xml": ENTITIES, "[Content_Types].xml": ENTITIES}),
    "no document": _zipped(**{"word/document.xml": ENTITIES, "[Content_Types].xml": ENTITIES}),
    "half a PDF": b"%PDF-1.7\n1 0 obj\n<<>>", "JSON": b'{"format": "quizapp-sealed-1", "key": [], "attempt": 7, "epk": null}',
    "deep JSON": b"[" * 5000, "YAML": b"!!python/object/apply:os.system ['true']", "a table": "工号,姓名,单位编码\n=1+1,a\0b,U1\n".encode(),
    "a long line": b"a," * 50_000, "a roster": "工号,姓名,单位编码,单位名称,职务层次,岗位类别\nq1,\u202e名,U1,,=1,@x\n".encode(),
    "a law": "示例法\n（2021年1月1日）\n第一条　\u0000{{7*7}}\n".encode(),
}


@dataclass(frozen=True)
class Sent:
    """A request as it is sent. `fields`: in order, names more than once; `files`: field, name, which of CONTENTS."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, str], ...]
    query: str
    values: Mapping[str, Any]

    def data(self, token: str) -> MultiDict[str, Any]:
        whole: MultiDict[str, Any] = MultiDict([("csrf_token", token), *self.fields])
        for name, file_name, content in self.files:
            whole.add(name, (io.BytesIO(CONTENTS[content]), file_name))
        return whole


texts = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


@st.composite
def hostile(draw: st.DrawFn, fields: Mapping[str, list[str]], files: frozenset[str], values: Mapping[str, Any]) -> Sent:
    """A form as its page would send it, with up to three things changed, fields added that it does not have, a file
    of the wrong kind, another address."""
    sent = {name: [draw(st.sampled_from(proposed))] if proposed else [""] for name, proposed in fields.items()}
    for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True)) if fields else ():
        _spoil(draw, sent, name)
    for name in draw(st.lists(st.sampled_from(sorted(NAMES.keys() - fields.keys())), max_size=3, unique=True)):
        shape = draw(st.sampled_from([name, name, f"{name}[]", f"form[{name}]", f"person.{name}"]))
        sent[shape] = [NAMES[name]] * draw(st.sampled_from([1, 1, 2]))
    given = [(name, *draw(st.tuples(_file_names(), st.sampled_from(sorted(CONTENTS)))))
             for name in sorted(files) if draw(st.integers(0, 5))]
    return Sent(tuple((name, value) for name, found in sent.items() for value in found), tuple(given),
                draw(st.sampled_from(QUERIES)), _elsewhere(draw, values))


def overfull(fields: Mapping[str, list[str]], files: frozenset[str], values: Mapping[str, Any]) -> Iterator[Sent]:
    """What must never be left to chance: each of the worst in every field at once, and no field at all."""
    for worst in ("a\0b", "x" * 5000, "9" * 400, "") if fields else ():
        yield Sent(tuple((name, worst) for name in fields), (), "", values)
    for content in ("NUL", "no workbook") if files else ():
        yield Sent((), tuple((name, "a.xlsx", content) for name in sorted(files)), "", values)


def _spoil(draw: st.DrawFn, sent: dict[str, list[str]], name: str) -> None:
    match draw(st.sampled_from(["other", "other", "other", "gone", "twice", "array", "nested"])):
        case "other":
            sent[name] = [draw(texts)]
        case "gone":
            del sent[name]
        case "twice":
            sent[name] += [draw(texts)] * draw(st.sampled_from([1, 1, 60]))
        case "array":
            sent[f"{name}[]"] = sent.pop(name)
        case "nested":
            sent[f"{name}[$ne]"] = sent.pop(name)


def _file_names() -> st.SearchStrategy[str]:
    ending = st.sampled_from([*ALLOWED_ENDINGS, "exe", "svg", "xlsx\0.txt", ""])
    return st.builds(lambda name, end: f"{name}.{end}", st.sampled_from(["a", "名册", "../../../../tmp/x", "x" * 300, "=1+1", SCRIPT]), ending)


def _elsewhere(draw: st.DrawFn, values: Mapping[str, Any]) -> dict[str, Any]:
    """Now and then the address names something else."""
    found = dict(values)
    if not values or draw(st.integers(0, 4)):
        return found
    name = draw(st.sampled_from(sorted(values)))
    if isinstance(found[name], int):
        found[name] = draw(st.sampled_from(NUMBERS))
    elif isinstance(found[name], str):
        found[name] = draw(texts.filter(lambda text: text and "/" not in text and text not in (".", "..")))
    return found


BODIES = ("{", "[1]", "=&=&&", "%zz=%", "a" * 100_000, "a=1&" * 1_200)
"""Bodies that are no form at all, sent as if they were one."""
