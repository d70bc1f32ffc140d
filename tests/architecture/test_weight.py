"""What every process of an installation carries, from the first page on: not what only a few acts need."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = "import sys; from quizapp.app import create_app; create_app(); print(*sorted(sys.modules), sep='\\n')"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("instance")
    done = subprocess.run([sys.executable, "-c", LOADED], env={"QUIZAPP_INSTANCE": str(folder), "PATH": ""}, timeout=60,
                          check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["openpyxl", "numpy", "scipy", "docx", "pypdfium2", "alembic", "huey", "psycopg", "cn2an", "prometheus_client",
                                    "rapidfuzz", "python_calamine", "quizapp.questions.rules.generation"])
def test_a_web_page_does_not_need(loaded: set[str], module: str) -> None:
    """Measured: 25 MB of memory in each process for the first two alone."""
    assert "flask" in loaded
    assert module not in loaded
