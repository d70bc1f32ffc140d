"""What takes two persons is called from nowhere but where two have agreed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from quizapp.i18n import PACKAGE

# function → what has to be said with it for it to be the act of two; None: always
GUARDED = {"release": None, "delete_draft": None, "override": None, "extend_all": "agreed", "extend_one": "agreed"}

# what makes another key of a held exam, called by its module; in no other file than that of the act
KEYS = ("regrading.write", "withdrawing.put_right", "challenging.grant")


def calls(path: Path) -> list[tuple[str, ast.Call]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_nobody_goes_past_the_second_person() -> None:
    seen: dict[str, set[str]] = {name: set() for name in GUARDED}
    for path in PACKAGE.rglob("*.py"):
        for spoken, call in calls(path):
            name = spoken.rsplit(".", 1)[-1]
            if name not in GUARDED or not spoken.startswith(("service.", "giving.", "exams.", "marks.")):
                continue
            word = GUARDED[name]
            if word is None or any(keyword.arg == word for keyword in call.keywords):
                seen[name].add(path.name)
    assert seen == {name: {"approving.py"} for name in GUARDED}


def test_people_are_erased_by_two_or_at_the_command_line_by_the_operator() -> None:
    found = {path.name for path in PACKAGE.rglob("*.py") for spoken, _call in calls(path)
             if path.parent.name == "privacy" and spoken.rsplit(".", 1)[-1] == "erase"}
    assert found == {"approving.py", "cli.py"}
    assert not [path for path in PACKAGE.rglob("*.py")
                if re.search(r"privacy(\.service)? import [^\n]*\b(erase|service)\b", path.read_text(encoding="utf-8"))
                and path.parent.name != "privacy"]


def test_nobody_changes_a_key_past_the_second_person() -> None:
    seen: dict[str, set[str]] = {name: set() for name in KEYS}
    for path in PACKAGE.rglob("*.py"):
        for spoken, _call in calls(path):
            if spoken in seen:
                seen[spoken].add(path.name)
        for module, _dot, name in (one.partition(".") for one in KEYS):
            taken = re.search(rf"from \S+\.{module} import [^\n]*\b{name}\b", path.read_text(encoding="utf-8"))
            assert taken is None, f"{path.name} calls {name} by another name"
    assert seen == {name: {"deciding.py"} for name in KEYS}
