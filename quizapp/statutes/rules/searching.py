"""What somebody typed into the search: a law by any of its names, an article in either numeral, words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import CHINESE_DIGITS, half_width
from quizapp.statutes.rules.numbering import article_number

_PARTS = re.compile(r"[\s，,、；;。《》〈〉「」“”\"]+")
_NUMBER = rf"(?:\d{{1,4}}(?:-\d{{1,2}})?|[{CHINESE_DIGITS}]+)"
_ARTICLE = re.compile(rf"第?\s*({_NUMBER})\s*条(?:\s*之\s*({_NUMBER}))?")
_BARE = re.compile(_NUMBER)
_COUNTRY = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Query:
    """`laws`: short names asked for; `article`: its number, "" for none; `words` that an article must contain."""

    laws: tuple[str, ...] = ()
    article: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.laws or self.article or self.words)


def read_query(typed: str, names: Mapping[str, str]) -> Query:
    """Take a search apart. `names`: every name by which a law is known (short, full, alias) → its short name."""
    laws: list[str] = []
    words: list[str] = []
    article = ""
    for part in filter(None, _PARTS.split(half_width(typed).strip())):
        law, rest = _law_at_start(part, names)
        if law:
            laws.append(law)
        number = _article(rest, after_law=bool(laws))
        if number:
            article = number
        elif rest:
            words.append(rest)
    return Query(tuple(dict.fromkeys(laws)), article, tuple(dict.fromkeys(words)))


def _law_at_start(part: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The longest known name with which `part` begins, if nothing or an article follows; and what follows."""
    plain = part.removeprefix(_COUNTRY) if part.removeprefix(_COUNTRY) in names else part
    for length in range(len(plain), 1, -1):
        rest = plain[length:]
        if plain[:length] in names and (not rest or _ARTICLE.fullmatch(rest) or _BARE.fullmatch(rest)):
            return names[plain[:length]], rest
    return "", part


def _article(text: str, *, after_law: bool) -> str:
    """The number of an article; a bare number counts as one only after a law."""
    match = _ARTICLE.fullmatch(text)
    if match is None and not (after_law and text and _BARE.fullmatch(text)):
        return ""
    try:
        if match is None:
            return article_number(text)
        return article_number(f"第{match[1]}条" + (f"之{match[2]}" if match[2] else ""))
    except InputError:
        return ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a shown text; `hit` where it is what was searched for."""

    text: str
    hit: bool = False


def snippet(text: str, words: Sequence[str], width: int = 110) -> tuple[Run, ...]:
    """The part of a text around the first hit, cut at signs where it can be, its hits marked."""
    plain = text.replace("\n", " ")
    places = [place for word in words if (place := plain.lower().find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - width // 3)
    if start:
        sign = max(plain.rfind(sign, 0, start + width // 4) for sign in "。；，：")
        start = sign + 1 if sign >= start - width // 3 else start
    shown = plain[start : start + width]
    if start + width < len(plain):
        shown += "…"
    return highlighted(("…" if start else "") + shown, words)


def highlighted(text: str, words: Sequence[str]) -> tuple[Run, ...]:
    """A text in runs, the words marked wherever they occur."""
    known = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    if not known:
        return (Run(text),)
    pieces = re.split(f"({'|'.join(known)})", text, flags=re.IGNORECASE)
    return tuple(Run(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece)
