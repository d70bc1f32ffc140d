"""Turning the words that an author quotes into proof: `quote: …` → `text: …, span: […]`, line by line.

The file keeps its own layout: only citations written in one line as `{law: …, quote: …}` are touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from quizapp.kernel.errors import InputError
from quizapp.statutes.rules.numbering import article_name
from quizapp.statutes.rules.wording import fingerprint, span_of

Lookup = Callable[[str, str, str], str | None]
"""(law, version, article) → text of the article, None where the library has none."""

_CITATION = re.compile(r"^(\s*- \{)(law: .*)(\}\s*)$")
_VALUE = r'(?:"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[^,}]*)'
_FIELD = re.compile(rf"(\w+): ({_VALUE}|\[[^\]]*\])(?:, |$)")


@dataclass(frozen=True, slots=True)
class Unproved:
    """A line that could not be proved, and why: a Chinese sentence with its values."""

    line: int
    sentence: str
    values: dict[str, object]

    @property
    def text(self) -> str:
        return self.sentence % self.values


def prove(content: str, lookup: Lookup) -> tuple[str, int, list[Unproved]]:
    """The content with every quote proved, how many were, and those that could not be."""
    proved = 0
    faults: list[Unproved] = []
    lines = content.split("\n")
    for number, line in enumerate(lines, 1):
        match = _CITATION.match(line)
        fields = dict(_FIELD.findall(match[2])) if match else {}
        if match is None or "quote" not in fields:
            continue
        found = _proof(fields, lookup)
        if isinstance(found, str):
            values: dict[str, object] = {"law": _plain(fields["law"]), "article": _name(_plain(fields.get("article", ""))),
                                         "quote": _plain(fields["quote"])}
            faults.append(Unproved(number, found, values))
            continue
        kept = ", ".join(f"{name}: {value}" for name, value in fields.items() if name not in ("quote", "text", "span"))
        lines[number - 1] = f"{match[1]}{kept}, text: {found[0]}, span: [{found[1]}, {found[2]}]{match[3]}"
        proved += 1
    return "\n".join(lines), proved, faults


def _proof(fields: dict[str, str], lookup: Lookup) -> tuple[str, int, int] | str:
    """The fingerprint and the span, or the sentence that says why there are none."""
    article = lookup(_plain(fields["law"]), _plain(fields.get("version", "")), _plain(fields.get("article", "")))
    if article is None:
        return "法律库里没有“%(law)s”%(article)s的文本，请先导入"
    span = span_of(article, _plain(fields["quote"]))
    if span is None:
        return "“%(law)s”%(article)s里没有“%(quote)s”这几个字，请核对条文"
    digest = fingerprint(article)
    # all digits, or digits around one e, would be read as a number
    shown = f'"{digest}"' if re.fullmatch(r"\d+(?:e\d+)?", digest) else digest
    return shown, span[0], span[1]


def _name(number: str) -> str:
    """第十二条; what is no number stays as it was typed, for the fault to show it."""
    try:
        return article_name(number)
    except InputError:
        return number


def _plain(value: str) -> str:
    """A scalar without its quotation marks."""
    value = value.strip()
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    if value[:1] == value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("''", "'")
    return value
