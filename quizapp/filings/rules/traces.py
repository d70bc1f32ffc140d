"""Figures in words that a person has edited: which of them are still among the facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from quizapp.filings.rules.content import Fact, Section

BLANK = "（请填写）"
"""Stands where the platform does not know: never guessed."""

FIGURE = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?%?")


def figures(text: str) -> list[str]:
    """Every figure of a text in its order: 2026, 1,024, 97.42%."""
    return FIGURE.findall(text)


def known(facts: Iterable[Fact]) -> set[str]:
    return {figure for fact in facts for figure in figures(fact.value)}


def unknown_figures(section: Section, facts: Iterable[Fact]) -> list[str]:
    """Figures of a section that occur in no fact, once each and in their order."""
    allowed = known(facts)
    return list(dict.fromkeys(figure for figure in figures(section.text) if figure not in allowed))


def blanks(sections: Iterable[Section]) -> int:
    return sum(section.text.count(BLANK) for section in sections)


def carried(text: str, before: Sequence[Fact], after: Sequence[Fact]) -> tuple[str, list[str]]:
    """Edited words with the figures of facts that have changed put in place; the figures for which no one new figure
    could be named stay as they are and come back in a list, for a person to look at.
    """
    old, new = {fact.key: figures(fact.value) for fact in before}, {fact.key: figures(fact.value) for fact in after}
    unsure: list[str] = []

    def put(match: re.Match[str]) -> str:
        figure = match[0]
        become = {new[key][place] if len(new.get(key, ())) == len(values) else ""
                  for key, values in old.items() for place, value in enumerate(values) if value == figure}
        if not become or become == {figure}:
            return figure
        if len(become) == 1 and "" not in become:
            return become.pop()
        unsure.append(figure)
        return figure

    return FIGURE.sub(put, text), list(dict.fromkeys(unsure))
