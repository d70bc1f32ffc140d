"""The collection of real texts (statutes, cases, reports) that may lie beside the repository."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
ABSENT = f"the collection of real texts is not at {SHARED}: put it beside the repository to run this test"


def shared_texts_present() -> bool:
    return (SHARED / "statutes").is_dir()
