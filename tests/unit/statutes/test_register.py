"""The register: facts of laws and fingerprints of their articles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import FileError
from quizapp.statutes.register_files import read_register
from quizapp.statutes.rules.register import (
    RegisteredVersion,
    fingerprint_line,
    read_fingerprints,
    register_digest,
    registered_laws,
    spans,
)

NUMBERS = st.sampled_from(["preamble", "annex", "text"]) | st.integers(1, 1999).map(str) | st.integers(1, 99).map(lambda n: f"133-{n}")
PRINTS = st.text(st.sampled_from("0123456789abcdef"), min_size=16, max_size=16)
VERSIONS = st.tuples(st.sampled_from(["示例法", "样本法", "示例条例"]), st.dates(date(1949, 10, 1)).map(date.isoformat))
REGISTER = st.dictionaries(VERSIONS, st.dictionaries(NUMBERS, PRINTS, min_size=1, max_size=6), max_size=4)
A, B = "00112233445566aa", "ffffffffffffffff"


def law(**changes: Any) -> dict[str, Any]:
    return {"name": "示例法", "versions": [{"version": "2021-01-01"}]} | changes


# ---------------------------------------------------------------- fingerprints.txt


@given(REGISTER)
def test_lines_of_fingerprints_read_back_in_their_order(register: dict[tuple[str, str], dict[str, str]]) -> None:
    lines = [fingerprint_line(name, version, prints.items()) for (name, version), prints in register.items()]
    found = read_fingerprints("# a comment\n\n" + "\n".join(lines) + "\n")
    assert found == register
    assert [list(prints) for prints in found.values()] == [list(prints) for prints in register.values()]


@pytest.mark.parametrize(
    "line",
    ["示例法", "示例法 2021-01-01", f"示例法 2021-01-01 1{A}", f"示例法 2021-01-01 1:{A} 2", f"示例法 2021-01-01 1:{A} 1:{B}",
     "示例法 2021-01-01 1:001122", "示例法 2021-01-01 1:", f"示例法 2021-01-01 第一条:{A}", f"示例法 2021-01-01 1:{A.upper()}"],
)
def test_a_line_of_another_form_is_named(line: str) -> None:
    with pytest.raises(FileError, match="第 3 行") as caught:
        read_fingerprints(f"# a comment\n样本法 2021-01-01 1:{A}\n{line}\n")
    assert (caught.value.file, caught.value.line) == ("fingerprints.txt", 3)


# ---------------------------------------------------------------- laws.yaml


def test_facts_of_a_law_with_the_fingerprints_of_each_version() -> None:
    versions = [
        {"version": "2015-03-01", "adopted": "2015-03-01", "published": date(2015, 3, 2), "in_force_since": "2015-06-01", "articles": 9,
         "replaced_on": "2019-09-01", "repealed_on": "2026-08-15", "note": "说明"},
        {"version": date(2019, 4, 23), "repealed_on": None},
    ]
    (found,) = registered_laws([law(versions=versions, title="中华人民共和国示例法", issuer="示例会议", kind="law", aliases=["示法"])],
                               {("示例法", "2019-04-23"): {"1": A}})
    assert (found.title, found.issuer, found.kind, found.aliases) == ("中华人民共和国示例法", "示例会议", "law", ("示法",))
    assert found.versions == (
        RegisteredVersion(date(2015, 3, 1), date(2015, 3, 1), date(2015, 3, 2), date(2015, 6, 1), date(2019, 9, 1), 9, "说明"),
        RegisteredVersion(date(2019, 4, 23), None, None, None, None, None, "", {"1": A}),
    )
    assert [(name, one.version) for name, one in spans([found])] == [("示例法", date(2015, 3, 1)), ("示例法", date(2019, 4, 23))]


def test_what_a_law_leaves_out_is_empty() -> None:
    (found,) = registered_laws([law()], {})
    assert (found.title, found.issuer, found.kind, found.aliases) == ("示例法", "", "other", ())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"versions": [{"adopted": "2021-01-01"}]}, "“示例法”缺少“version”"),
        ({"versions": [{"version": "2021年1月"}]}, "“示例法”有一个日期写得不对"),
        ({"versions": [{"version": "2021-02-30"}]}, "“示例法”有一个日期写得不对"),
        ({"versions": [{"version": "2021-01-01", "in_force_since": "次年"}]}, "“示例法”有一个日期写得不对"),
        ({"versions": [{"version": "2021-01-01", "repealed_on": 2026}]}, "“示例法”有一个日期写得不对"),
        ({"kind": "decree"}, "“示例法”的 kind 写得不对，可以写：constitution, law"),
    ],
)
def test_a_fault_names_the_law_and_the_field(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(FileError, match=says) as caught:
        registered_laws([law(), law(**changes)], {})
    assert caught.value.file == "laws.yaml"


def test_a_law_without_versions_is_named() -> None:
    with pytest.raises(FileError, match="“样本法”缺少“versions”"):
        registered_laws([law(), {"name": "样本法"}], {})


# ---------------------------------------------------------------- the files


def write(folder: Path, laws: str = "- name: 示例法\n  versions: [{version: 2021-01-01}]\n", prints: bytes = b"") -> Path:
    (folder / "laws.yaml").write_text(laws, encoding="utf-8")
    if prints:
        (folder / "fingerprints.txt").write_bytes(prints)
    return folder


def test_the_register_of_a_folder(tmp_path: Path) -> None:
    bare = read_register(write(tmp_path))
    full = read_register(write(tmp_path, prints=f"示例法 2021-01-01 1:{A}\n".encode()))
    assert (bare.laws[0].versions[0].fingerprints, full.laws[0].versions[0].fingerprints) == ({}, {"1": A})
    assert bare.digest != full.digest == read_register(tmp_path).digest


@pytest.mark.parametrize(
    ("laws", "prints", "says"),
    [
        ("- name: 示例法\n   versions: [\n", b"", r"laws\.yaml 第 2 行不是正确的 YAML"),
        ("name: 示例法\n", b"", r"laws\.yaml 应当是一个列表"),
        ("- versions: []\n", b"", r"laws\.yaml 的第 1 项缺少“name”"),
        ("- name: 示例法\n  versions: []\n", "示例法".encode("gb18030"), r"fingerprints\.txt 不是 UTF-8"),
    ],
)
def test_a_broken_file_is_named_with_the_place(tmp_path: Path, laws: str, prints: bytes, says: str) -> None:
    with pytest.raises(FileError, match=says):
        read_register(write(tmp_path, laws, prints))


def test_a_folder_without_a_register_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"laws\.yaml"):
        read_register(tmp_path)


def test_the_digest_tells_where_one_file_ends_and_the_next_begins() -> None:
    assert register_digest([b"ab", b"c"]) != register_digest([b"a", b"bc"])
