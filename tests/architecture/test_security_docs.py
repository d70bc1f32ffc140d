"""The tables of attacks and of the verification standard are whole, and name tests that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "security"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ATTACKS = [f"A{number}" for number in range(1, 26)]
LINES = """1.1.1 | 1.2.1–1.2.3 | 1.2.4, 1.2.5 | 1.2.8, 1.3.2, 1.3.7 | 1.2.10 | 1.3.1, 1.3.4, 1.3.5 | 1.3.6 | 1.3.12 | 1.5.1, 1.5.2
| 2.1.3, 2.3.2 | 2.2.1–2.2.3 | 2.3.1 | 2.3.3 | 2.3.4, 15.4.2 | 2.3.5 | 2.4.1 | 3.2.1, 3.2.2 | 3.3.1–3.3.4 | 3.4.1, 3.4.3–3.4.6
| 3.5.1–3.5.3 | 3.5.7 | 3.7.2 | 4.1.1, 4.1.3 | 4.2.1 | 4.4.1–4.4.4 | 5.1.1, 5.2.1–5.2.3 | 5.2.5, 5.2.6, 5.3.3
| 5.3.1, 5.3.2, 5.4.1, 5.4.2 | 5.4.3 | 6.1.1, 6.3.1 | 6.2.1–6.2.12 | 6.3.2 | 6.3.3, 6.3.4 | 6.3.8 | 6.4.1–6.4.4, 6.4.6
| 6.5.1–6.5.5 | 7.1.1, 7.1.2, 7.3.1, 7.3.2 | 7.2.1–7.2.4 | 7.4.1–7.4.5 | 7.5.1, 7.5.2 | 8.1.1, 8.1.2 | 8.2.1–8.2.3 | 8.3.1, 8.3.2
| 8.4.1 | 9.1.x, 9.2.x | 11.1.1, 11.1.2, 11.2.2 | 11.2.1, 11.3.x, 11.4.2, 11.5.1 | 12.1.1, 12.2.1, 12.3.1
| 13.2.1–13.2.5, 13.3.1 | 13.4.1–13.4.5 | 14.1.1–14.2.4 | 14.2.7 | 14.3.1, 14.3.2 | 14.3.3 | 15.1.1–15.2.1 | 15.1.3, 15.2.2
| 15.3.1, 15.3.3, 15.3.5, 15.3.7 | 15.3.4 | 16.1.1–16.3.4 | 16.4.1–16.4.3 | 16.5.1–16.5.3
| 6.8, 10.x (client)""".replace("\n", " ").split(" | ")


def rows(name: str) -> list[list[str]]:
    """The cells of the table on a page, without its head."""
    lines = [line for line in (DOCS / name).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def missing(name: str) -> list[str]:
    named = NAMED.findall((DOCS / name).read_text(encoding="utf-8"))
    return [f"{path}::{test}" for path, test in named if not (ROOT / path).is_file() or test not in named_in(path)]


def test_every_attack_has_its_row() -> None:
    found = rows("attacks.md")
    assert [row[0] for row in found] == ATTACKS
    for row, _attack, tests, red in found:
        assert NAMED.search(tests), f"{row} names no test"
        assert len(red) > 10, f"{row} says neither how it was seen red nor why not"
        assert "@" not in red


def test_every_line_of_the_standard_has_its_verdict() -> None:
    found = rows("asvs.md")
    assert [row[0] for row in found] == LINES
    for line, what, verdict, shown in found:
        assert what
        assert verdict in ("pass", "deviation"), line
        assert NAMED.search(shown) if verdict == "pass" else len(shown) > 40, f"{line} is empty"


@pytest.mark.parametrize("name", ["attacks.md", "asvs.md"])
def test_every_test_that_is_named_exists(name: str) -> None:
    assert missing(name) == []
