"""Building the bank, and building it again: the real one, and one of three hundred items."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from quizapp.config import ROOT
from quizapp.db import db
from quizapp.questions import service
from quizapp.questions.files import read_bank
from tests.bench.figures import Figure, application, median_seconds, seconds

BANK = ROOT / "question_bank"
FEW = 300


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as place:
        few, number = smaller_bank(Path(place) / "bank")
        return [*measured(few, f"bank of {number} items", 0.5), *measured(BANK, "whole bank", 2)]


def measured(bank: Path, name: str, goal_again: float) -> list[Figure]:
    with application():
        first = seconds(lambda: build(bank))
        again = median_seconds(lambda: build(bank))
    return [Figure(f"build of the {name}", first, 3, "s"),
            Figure(f"build of the {name} again without a change", again, goal_again, "s")]


def build(bank: Path) -> None:
    with db.transaction() as session:
        service.build_bank(session, bank)


def smaller_bank(place: Path) -> tuple[Path, int]:
    """Whole topic files of the real bank, in their order, until there are three hundred items; how many it took."""
    shutil.copytree(BANK, place, ignore=lambda folder, names: names if Path(folder) != BANK else [])
    taken = 0
    for topic in read_bank(BANK).topics:
        if taken < FEW:
            (place / topic.file).parent.mkdir(exist_ok=True)
            shutil.copy(BANK / topic.file, place / topic.file)
            taken += len(topic.items)
    return place, taken
