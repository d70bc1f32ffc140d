"""The solver costs half a second and 60 MB: only who makes forms pays for it. (numpy comes with openpyxl anyway,
which takes it wherever it is installed.)"""

from __future__ import annotations

import subprocess
import sys

START = """
import sys
from importlib import import_module
from quizapp.app import part
from quizapp.features import FEATURES
for feature in FEATURES:
    for layer in ("models", "views", "tasks", "cli"):
        part(import_module(f"quizapp.{feature}"), layer)
print("scipy" in sys.modules)
"""


def test_starting_the_application_and_the_commands_leaves_the_solver_alone():
    loaded = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True, timeout=120)
    assert loaded.stdout.strip() == "False"
