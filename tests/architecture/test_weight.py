"""What every process of an installation carries, from the first page on: not what only a few acts need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = "import sys; {} from quizapp.app import create_app; create_app(); print(*sorted(sys.modules), sep='\\n')"


def modules(folder: Path, before: str = "") -> set[str]:
    """What is loaded once an application is made, and `before` it a line of Python."""
    done = subprocess.run([sys.executable, "-c", LOADED.format(before)], env={"QUIZAPP_INSTANCE": str(folder), "PATH": ""}, timeout=60,
                          check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return modules(tmp_path_factory.mktemp("instance"))


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return modules(tmp_path_factory.mktemp("instance"), "import quizapp.cli;")


@pytest.mark.parametrize("module", ["openpyxl", "numpy", "scipy", "docx", "pypdfium2", "alembic", "huey", "psycopg", "cn2an", "prometheus_client",
                                    "rapidfuzz", "python_calamine", "quizapp.questions.rules.generation"])
def test_a_web_page_does_not_need(loaded: set[str], module: str) -> None:
    """Measured: 25 MB of memory in each process for the first two alone."""
    assert "flask" in loaded
    assert module not in loaded


@pytest.mark.parametrize("module", ["granian", "rapidfuzz", "alembic", "numpy", "quizapp.questions.rules.generation"])
def test_a_command_does_not_need(commands: set[str], module: str) -> None:
    """The worker for long jobs is a command, and stays loaded as long as the server runs."""
    assert "quizapp.jobs.cli" in commands
    assert module not in commands
