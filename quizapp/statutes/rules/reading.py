"""The text of a law as a file gives it -> title, dates as stated, chapters, articles.

Two formats: a plain header up to `<!-- INFO END -->`, and a YAML header between `---` lines. Below either stand
headings (`#` to `####`) and paragraphs; an article begins with 第X条 and runs to the next article or heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from quizapp.kernel.errors import InputError
from quizapp.statutes.rules.numbering import ARTICLE_NUMBER, joined
from quizapp.statutes.rules.wording import fingerprint

END_OF_HEAD = "<!-- INFO END -->"
PREAMBLE, ANNEX = "preamble", "annex"

_ARTICLE = re.compile(rf"{ARTICLE_NUMBER}(?:[ \u3000]+|$)(.*)", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s*(.*)")
_PREAMBLE_HEADING = re.compile(r"序\s*言")
_ANNEX = re.compile(r"附(?:件|表|录|图)?[一二三四五六七八九十\d]*\s*(?:[：:].{0,60}|$)")
# how one collection marks titles and files its pages; no part of any law
_WIKI_LINK = re.compile(r"\[\[|\]\]")
_WIKI_CATEGORY = re.compile(r"[^|]*\|[A-Z ]+\]\]")
_LONGEST_NUMBER = 7  # characters, 1260-12; longer ones number no article
_ENDS = tuple("。）)”\"；：…》!！")
_YAML_FIELD = re.compile(r"([a-z_]+):\s*[\"']?(.*?)[\"']?\s*")


@dataclass(frozen=True)
class ParsedArticle:
    """`number` as items cite it ("133-1", "preamble", "annex"); `path`: headings above it, outermost first;
    `paragraphs` in order; `line` counts from 1."""

    number: str
    path: tuple[str, ...]
    paragraphs: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.text)


@dataclass(frozen=True)
class ParsedText:
    """One file. `head`: the lines above the text, `fields`: those of a YAML header; `loose`: paragraphs that
    belong to no article, in texts that have none; `repeated`: numbers of articles that occur twice."""

    title: str
    part: str
    head: tuple[str, ...]
    fields: dict[str, str]
    articles: tuple[ParsedArticle, ...]
    loose: tuple[str, ...]
    repeated: tuple[str, ...] = field(default=())


def parse_text(content: str) -> ParsedText:
    """Read one file of a law. Never raises on odd content: what is missing stays empty."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fields, start = _yaml_head(lines)
    end_of_head = next((n for n, line in enumerate(lines) if line.strip() == END_OF_HEAD), None)
    if end_of_head is None:
        end_of_head = _first_heading_below(lines, start)
    head = [line.strip() for line in lines[start:end_of_head] if line.strip()]
    titles = [match[2].strip() for line in head if (match := _HEADING.fullmatch(line))]
    title = titles[0] if titles else fields.get("title", "")
    rest = tuple(line for line in head if not line.startswith("#"))
    body = _Body()
    for number, line in enumerate(lines[end_of_head:], end_of_head + 1):
        if not _WIKI_CATEGORY.fullmatch(line.strip()):
            body.take(_WIKI_LINK.sub("", line).strip(" \u3000\t"), number)
    articles, repeated = _distinct(body.finished())
    return ParsedText(title, titles[1] if len(titles) > 1 else "", rest, fields, articles, tuple(body.loose), repeated)


def _yaml_head(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The fields between the first two `---` lines, and the number of lines that they take."""
    if not lines or lines[0].strip("\ufeff ") != "---":
        return {}, 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    matches = [_YAML_FIELD.fullmatch(line) for line in lines[1:end]]
    return {match[1]: match[2] for match in matches if match and match[2]}, end + 1 if end else 0


def _first_heading_below(lines: Sequence[str], start: int) -> int:
    """Where the text begins in a file without an end of head: below the title and the lines beside it."""
    for number in range(start, len(lines)):
        line = lines[number].strip()
        if _ARTICLE.fullmatch(line) or line.startswith("##"):
            return number
    return len(lines)


class _Body:
    """Takes the lines below the head one by one."""

    def __init__(self) -> None:
        self.articles: list[ParsedArticle] = []
        self.loose: list[str] = []
        self._path: list[tuple[int, str]] = []
        self._number = ""
        self._paragraphs: list[str] = []
        self._line = 0

    def take(self, line: str, number: int) -> None:
        if not line or line == END_OF_HEAD:
            return
        if heading := _HEADING.fullmatch(line):
            self._close()
            self._under(len(heading[1]), " ".join(heading[2].split()))
            if _PREAMBLE_HEADING.fullmatch(heading[2].strip()):
                self._open(PREAMBLE, "", number)
        elif (article := _ARTICLE.match(line)) and (called := _number(article)):
            self._close()
            self._open(called, article[3].strip(), number)
        elif (self.articles or self._number) and self._number not in (PREAMBLE, ANNEX) and _ANNEX.fullmatch(line):
            self._close()
            self._path = []
            self._open(ANNEX, line, number)
        elif self._number:
            self._paragraphs.append(line)
        else:
            self.loose.append(line)

    def finished(self) -> list[ParsedArticle]:
        self._close()
        return self.articles

    def _under(self, depth: int, words: str) -> None:
        self._path = [(d, w) for d, w in self._path if d < depth]
        if words:
            self._path.append((depth, words))

    def _open(self, number: str, first: str, line: int) -> None:
        self._number, self._line = number, line
        self._paragraphs = [first] if first else []

    def _close(self) -> None:
        if self._number:
            path = tuple(words for _, words in self._path)
            self.articles.append(ParsedArticle(self._number, path, tuple(self._paragraphs), self._line))
        self._number, self._paragraphs = "", []


def _number(article: re.Match[str]) -> str:
    """The number of an article; "" for what only looks like one: 第十十条."""
    try:
        number = joined(article[1], article[2])
    except InputError:
        return ""
    return number if len(number) <= _LONGEST_NUMBER else ""


def is_cut_off(text: ParsedText) -> bool:
    """Whether the text seems to break off: no end of a sentence, and nothing on coming into force before it."""
    closing = [article.text for article in text.articles[-8:]] or list(text.loose[-8:])
    if not closing or closing[-1][-1:] in _ENDS:
        return False
    return not any(word in words for words in closing for word in ("施行", "实施", "生效", "废止"))


def missing_numbers(text: ParsedText) -> tuple[int, ...]:
    """Numbers left out between the first article and the last."""
    numbers = {int(article.number) for article in text.articles if article.number.isdigit()}
    return tuple(sorted(set(range(min(numbers), max(numbers))) - numbers)) if numbers else ()


def _distinct(articles: Sequence[ParsedArticle]) -> tuple[tuple[ParsedArticle, ...], tuple[str, ...]]:
    """The articles by their first occurrence, and the numbers that occur again. Annexes count as one."""
    first: dict[str, ParsedArticle] = {}
    repeated = []
    for article in articles:
        known = first.setdefault(article.number, article)
        if known is not article and article.number == ANNEX:
            first[ANNEX] = replace(known, paragraphs=(*known.paragraphs, *article.paragraphs))
        elif known is not article:
            repeated.append(article.number)
    return tuple(first.values()), tuple(repeated)
