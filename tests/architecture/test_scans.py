"""The scans of `make check`, as far as they are light; see tests/scans."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.scans import scanning
from tests.scans.__main__ import NOT_CHECKED, main
from tests.scans.scanning import Finding, code, secrets, unexcused


def test_the_code_holds_nothing_that_nobody_has_excused() -> None:
    assert unexcused("code", code()) == []


def test_no_secret_lies_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are most likely to be left: settings, deployment, documents. `make check` reads every file."""
    whole = scanning.tracked()
    light = [name for name in whole if name.startswith(("deploy/", "docs/", ".ci/", "quizapp/config", "quizapp/people/rules/"))
             or "/" not in name]
    assert len(light) > 20
    monkeypatch.setattr(scanning, "tracked", lambda: light)
    faults = unexcused("secrets", secrets())
    assert [fault for fault in faults if not fault.startswith("an excuse for what is no longer there")] == []


def test_a_secret_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "left.py").write_text('AWS = "AKIA' + 'IOSFODNN7EXAMPLQ"\n', encoding="ascii")
    monkeypatch.setattr(scanning, "ROOT", tmp_path)
    monkeypatch.setattr(scanning, "tracked", lambda: ["left.py"])
    found = secrets()
    assert [one.rule for one in found] == ["AWS Access Key"]
    assert any("left.py" in fault for fault in unexcused("secrets", found))


def test_an_excuse_is_for_what_is_there_and_for_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "excuses.yaml"
    file.write_text('packages:\n- {id: X-1, package: a, until: 2020-01-01, reason: "none yet"}\n- {id: X-2, package: b, reason: ""}\n',
                    encoding="utf-8")
    monkeypatch.setattr(scanning, "EXCUSES", file)
    faults = unexcused("packages", [Finding("X-1", "a", "1.0"), Finding("X-3", "c", "1.0")])
    assert [fault.split(":")[0] for fault in faults] == ["c", "an excuse that has run out", "an excuse without a reason",
                                                        "an excuse for what is no longer there"]


@pytest.mark.parametrize("said", ["", json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]})])
def test_a_scan_that_could_not_be_made_is_not_green(
    said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scanning, "_run", lambda *_words: subprocess.CompletedProcess([], 0, said, "no answer"))
    assert main("packages") == NOT_CHECKED
    assert "NOT CHECKED" in capsys.readouterr().out
