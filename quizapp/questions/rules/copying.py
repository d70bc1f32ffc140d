"""Whether an item repeats the statute word for word: the bank is written in our own words."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.questions.rules.schema import Multiple, Question, Single
from quizapp.statutes.rules.wording import normal_form

MOST = 30  # characters in a row that a question and the article it cites may share


def copied_run(article: str, question: Question) -> str:
    """The first run of more than 30 characters that the question has from the article, "" if there is none."""
    text, said = normal_form(article), normal_form("\n".join(_said(question)))
    for start in range(len(text) - MOST):
        if text[start : start + MOST + 1] in said:
            end = start + MOST + 1
            while end < len(text) and text[start : end + 1] in said:
                end += 1
            return text[start:end]
    return ""


def _said(question: Question) -> Iterator[str]:
    yield question.stem
    yield question.explanation
    if isinstance(question, Single | Multiple):
        yield from question.options.values()
    if hasattr(question, "distractors"):
        yield from question.distractors.values()
