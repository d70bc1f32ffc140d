"""What others wrote is listed with version, licence and fingerprint, and is carried unchanged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "quizapp" / "ui" / "static" / "vendor"


def test_the_list_and_the_files_agree() -> None:
    listed = yaml.safe_load((FOLDER / "vendored.yaml").read_text(encoding="utf-8"))
    for one in listed:
        assert {"name", "version", "licence", "source", "used", "files"} <= set(one)
        assert any("LICENSE" in name for name in one["files"]), one["name"]
    expected = {name: digest for one in listed for name, digest in one["files"].items()}
    there = {path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in FOLDER.rglob("*") if path.is_file() and path.name != "vendored.yaml"}
    assert there == expected
