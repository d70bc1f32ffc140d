"""`quizapp bank …` as a program of its own: what it prints and with which status it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from quizapp.statutes.rules.wording import fingerprint
from tests.builders.bank_files import make_bank, single, text_of, write_topic

FIELDS = {"id", "version", "type", "stem", "options", "key", "explanation", "subject", "topic", "difficulty", "applied",
          "status", "origin", "basis"}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return make_bank(tmp_path)


def quizapp(*arguments: object, database_url: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database_url, "QUIZAPP_INSTANCE": str(tmp_path / "instance"),
                   "QUIZAPP_SECRET_KEY": "a key that signs nothing outside the tests", "PYTHONWARNINGS": "default"}
    command = [sys.executable, "-m", "quizapp", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)


def test_check_names_file_and_line_of_what_is_wrong(bank: Path, database_url: str, tmp_path: Path) -> None:
    file = write_topic(bank, [single(1), single(2, key=["E"])])
    line = file.read_text(encoding="utf-8").splitlines().index("  - E") + 1
    done = quizapp("bank", "check", bank, database_url=database_url, tmp_path=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "错误 constitution/topic.yaml:" in done.stdout
    found = quizapp("bank", "check", bank, "--json", database_url=database_url, tmp_path=tmp_path)
    answer = json.loads(found.stdout)
    problem = next(p for p in answer["problems"] if p["code"] == "key_not_option")
    assert (found.returncode, answer["items"], problem["file"], problem["item"]) == (
        1, 2, "constitution/topic.yaml", "constitution-002")
    assert line - 1 <= problem["line"] <= line  # the key, or its only entry


def test_check_of_broken_yaml_names_the_line(bank: Path, database_url: str, tmp_path: Path) -> None:
    (bank / "constitution" / "broken.yaml").write_text("subject: constitution\ntopic: x\nitems: [\n", encoding="utf-8")
    done = quizapp("bank", "check", bank, database_url=database_url, tmp_path=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "constitution/broken.yaml:4" in done.stdout


def test_a_sound_bank_passes_and_a_wrong_word_is_wrong_usage(bank: Path, database_url: str, tmp_path: Path) -> None:
    assert quizapp("bank", "check", bank, database_url=database_url, tmp_path=tmp_path).returncode == 0
    assert quizapp("bank", "check", "--no-such", database_url=database_url, tmp_path=tmp_path).returncode == 2


def test_build_rehearses_builds_and_exports(bank: Path, database_url: str, tmp_path: Path) -> None:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        done = quizapp("bank", *arguments, database_url=database_url, tmp_path=tmp_path)
        assert done.returncode == 0, done.stderr
        return done

    rehearsed = json.loads(run("build", bank, "--dry-run", "--json").stdout)
    assert (len(rehearsed["added"]), rehearsed["dry_run"]) == (3, True)
    assert run("export").stdout == ""
    assert len(json.loads(run("build", bank, "--json").stdout)["added"]) == 3
    assert json.loads(run("build", bank, "--json").stdout) == {
        "added": [], "changed": [], "retired": [], "unchanged": 3, "dry_run": False}
    lines = [json.loads(line) for line in run("export", "--format", "jsonl").stdout.splitlines()]
    assert [line["id"] for line in lines] == ["constitution-001", "constitution-002", "constitution-003"]
    assert set(lines[0]) == FIELDS
    assert (lines[1]["key"], lines[1]["version"], lines[1]["origin"], lines[1]["status"]) == (
        ["C"], 1, "authored", "published")
    assert lines[1]["basis"] == [{"law": "示例法", "article": "3", "law_version": "2021-01-01",
                                  "text_hash": fingerprint(text_of(3)), "span": [0, 8]}]
    assert lines[1]["options"][0] == {"id": "A", "text": single(2)["options"]["A"]}


def test_a_bank_with_errors_is_not_built(bank: Path, database_url: str, tmp_path: Path) -> None:
    write_topic(bank, [single(1, basis=[])])
    done = quizapp("bank", "build", bank, database_url=database_url, tmp_path=tmp_path)
    assert done.returncode == 1
    assert "constitution/topic.yaml:" in done.stderr
    assert "Traceback" not in done.stderr
