"""Lists of words as patterns, so that a long list stays a list that one can read."""

from __future__ import annotations


def any_of(words: str) -> str:
    """A pattern for any of the words, which stand apart by blanks; a word may be a pattern itself."""
    return f"(?:{'|'.join(words.split())})"


def words_of(text: str) -> frozenset[str]:
    """The words of `text`, which stand apart by blanks."""
    return frozenset(text.split())


def pairs_of(text: str) -> set[str]:
    """Every two characters of `text` that stand together: what two texts share of these, they say alike."""
    return {text[i : i + 2] for i in range(len(text) - 1)}
