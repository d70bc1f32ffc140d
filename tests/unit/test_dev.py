"""The script that sets everything up: what it decides, without doing it."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from pathlib import Path

import pytest

import dev
from devscript import environment
from devscript.browser import find_chromium
from devscript.checks import first_failure
from devscript.running import DEV, ROOT, RUNTIME, Stop


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up repository whose .venv is set up."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch(mode=0o755)
    for name in (RUNTIME, DEV, "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    state = tmp_path / ".venv" / "state.json"
    for name, value in {"ROOT": tmp_path, "PYTHON": python, "STATE": state}.items():
        monkeypatch.setattr(environment, name, value)
    known = {"root": str(tmp_path), "python": os.path.realpath(python), DEV: environment.digest(DEV)}
    state.write_text(json.dumps(known), encoding="utf-8")
    return tmp_path


def test_what_is_set_up_is_not_set_up_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "run", lambda *words, **named: pytest.fail(f"ran {words}"))
    monkeypatch.setattr(environment, "output", lambda *words: pytest.fail(f"ran {words}"))
    environment.setup()
    environment.setup(dev=False)


@pytest.mark.parametrize("name", [DEV, "pyproject.toml"])
def test_a_changed_lock_is_installed(tree: Path, name: str) -> None:
    assert environment.settled(DEV)
    (tree / name).write_text("changed", encoding="utf-8")
    assert not environment.settled(DEV)


def test_a_copied_or_emptied_venv_is_made_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(environment, "ROOT", tree / "elsewhere")
        assert not environment.stands(environment.state())
    (tree / ".venv" / "bin" / "python").unlink()
    assert not environment.settled(DEV)


def test_a_broken_record_is_as_good_as_none(tree: Path) -> None:
    environment.STATE.write_text("{", encoding="utf-8")
    assert environment.state() == {}


def test_a_named_browser_that_does_not_start_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Stop, match="/nowhere/chromium"):
        find_chromium()


def test_the_first_failure_gives_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert first_failure([("ruff", 0), ("mypy", 2), ("pytest", 1)]) == 2
    assert capsys.readouterr().err == "Failed: mypy, pytest\n"
    assert first_failure([("ruff", 0)]) == 0
    assert capsys.readouterr().err == ""


def test_an_unknown_command_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["sevre"]) == 2
    assert "setup, demo, test" in capsys.readouterr().err


def test_make_and_the_script_have_the_same_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert targets is not None
    assert set(targets.group(1).split()) == set(dev.COMMANDS)


@pytest.mark.parametrize("lock", [RUNTIME, DEV])
def test_locks_are_hashed_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[\w.-]+==(?:.*\\\n)*.*", text, re.M)
    assert len(pins) > 30
    assert all("--hash=sha256:" in pin for pin in pins)


def test_the_installer_itself_is_locked() -> None:
    assert re.search(r"^uv==\S+ \\\n +--hash", (ROOT / DEV).read_text(encoding="utf-8"), re.M)


def test_continuous_integration_runs_the_command_of_the_readme_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "make test"]
    assert os.access(script, os.X_OK)


def imported(tree: ast.Module) -> set[str]:
    """The first words of all modules that a module imports, wherever in it."""
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_the_script_runs_before_any_package_is_installed() -> None:
    files = [ROOT / "dev.py", *sorted((ROOT / "devscript").glob("*.py"))]
    assert len(files) > 5
    for file in files:
        assert imported(ast.parse(file.read_text(encoding="utf-8"))) <= {*sys.stdlib_module_names, "devscript"}, file


def test_an_older_python_can_read_what_sends_it_away() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 6))
