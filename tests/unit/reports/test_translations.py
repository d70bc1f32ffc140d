"""Every Chinese sentence of the reports has its English, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

REPORTS = Path(__file__).parents[3] / "quizapp" / "reports"
CHARTS = REPORTS.parent / "ui" / "templates" / "ui" / "macros" / "charts.html"
SPOKEN = re.compile(r"""(?:\bN?_\(|Error\(|NO_\w+ = )\s*((?:(?:"[^"]*"|'[^']*')\s*)+)""")
PIECE = re.compile(r""""([^"]*)"|'([^']*)'""")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def spoken() -> set[str]:
    files = [*REPORTS.rglob("*.py"), *REPORTS.rglob("*.html"), CHARTS]
    texts = ("".join(a or b for a, b in PIECE.findall(found)) for path in files
             for found in SPOKEN.findall(path.read_text(encoding="utf-8")))
    return {text for text in texts if re.search("[一-鿿（，；。]", text)}


def catalogue(feature: Path) -> dict[str, str]:
    with (feature / "translations" / "en.po").open(encoding="utf-8") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="en") if message.id}


def test_every_sentence_has_its_english() -> None:
    english, said = catalogue(REPORTS), spoken()
    assert len(said) > 100
    # what the macro of charts says itself stands with the macros
    assert sorted(said - set(english) - set(catalogue(REPORTS.parent / "ui"))) == []
    assert sorted(set(english) - said) == []
    for chinese, translated in english.items():
        assert sorted(PLACEHOLDER.findall(chinese)) == sorted(PLACEHOLDER.findall(translated)), chinese
