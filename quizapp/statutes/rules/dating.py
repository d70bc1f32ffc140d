"""Which version a text is, and from when it is in force: only what the text itself says.

A law has two dates of beginning: that of the law, and that of this version. A text amended in place (修正) keeps
the closing clause of the original law, so its 「自…起施行」 says nothing about the version; a text that was
revised as a whole (修订) or is new carries its own. What is not said stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import half_width, to_int
from quizapp.statutes.rules.reading import ParsedText

_DAY = r"(\d{4})\s*[年\-.]\s*(\d{1,2})\s*[月\-.]\s*(\d{1,2})\s*日?"
_CHINESE_DAY = r"([一二三四五六七八九〇○零]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
_EVENT = re.compile(f"{_DAY}([^\\d]*(?:\\d+(?!\\d*\\s*[年\\-.])[^\\d]*)*)")
_FROM = re.compile(rf"[自从于]\s*{_DAY}\s*(?:\d+时)?\s*起?\s*(?:施行|实施|生效)")
_FROM_CHINESE = re.compile(rf"[自从于]\s*{_CHINESE_DAY}\s*起?\s*(?:施行|实施|生效)")
_FROM_PUBLICATION = re.compile("[自从](?:修订)?(?:公布|发布|颁布)之日起\\s*(?:施行|实施|生效)")
_IN_NAME = re.compile(r"[(（](\d{4})-(\d{2})-(\d{2})[)）]")
_CLOSING = 8  # articles from the end among which the clause on coming into force is looked for


@dataclass(frozen=True)
class Dates:
    """`version`: day of adoption or of the last change, None where nothing says. `amended`: changed in place,
    so that the closing clause is that of an earlier version."""

    version: date | None
    adopted: date | None
    published: date | None
    in_force_since: date | None
    amended: bool


@dataclass(frozen=True)
class _Event:
    day: date
    words: str

    @property
    def amends(self) -> bool:
        return "修正" in self.words

    @property
    def revises(self) -> bool:
        return "修订" in self.words

    @property
    def adopts(self) -> bool:
        return "通过" in self.words or "批准" in self.words or self.amends or self.revises

    @property
    def publishes(self) -> bool:
        return any(word in self.words for word in ("公布", "发布", "颁布", "令第", "通知"))

    @property
    def begins(self) -> bool:
        return any(word in self.words for word in ("施行", "实施", "生效"))


def dates_of(text: ParsedText, file_name: str = "") -> Dates:
    """What head, closing clause and, for the version alone, the name of the file say."""
    events = _events(text)
    changes = [event for event in events if event.adopts or event.publishes]
    named = _named(file_name)
    version = named or max((event.day for event in changes), default=None)
    if version is None:
        return Dates(None, None, None, None, False)
    adopted = next((event.day for event in reversed(changes) if event.adopts and event.day <= version), None)
    # a version called by the day of its publication was changed before that day
    own = [event for event in changes if event.day >= (named or adopted or version)]
    amended = any(event.amends for event in own)
    if named and any(event.amends or event.revises for event in own):
        adopted = version
    published = next((event.day for event in own if event.publishes), None)
    return Dates(version, adopted, published, _in_force(text, events, version, published, amended), amended)


def version_in_name(file_name: str) -> date | None:
    """The day in brackets at the end of a file name: 行政复议法(2023-09-01).md."""
    return _named(file_name)


def repeals_of(text: ParsedText) -> tuple[str, ...]:
    """The full titles that the closing articles repeal as a whole: 「《…》《…》同时废止」."""
    titles: list[str] = []
    for article in text.articles[-_CLOSING:]:
        for sentence in re.split("[。；]", article.text):
            if re.search("同时废止|即行废止", sentence) and "有关" not in sentence:
                titles += re.findall("《([^《》]+)》", sentence)
    return tuple(dict.fromkeys(titles))


def _events(text: ParsedText) -> list[_Event]:
    lines = [half_width(line) for line in text.head]
    if "publish_date" in text.fields:
        lines.append(f"{text.fields['publish_date']} 公布")
    if "implement_date" in text.fields:
        lines.append(f"{text.fields['implement_date']} 施行")
    found = []
    for match in (match for line in lines for match in _EVENT.finditer(line)):
        day = _day(match[1], match[2], match[3])
        if day is not None:
            found.append(_Event(day, match[4]))
    return sorted(found, key=lambda event: event.day)


def _in_force(
    text: ParsedText, events: Sequence[_Event], version: date, published: date | None, amended: bool
) -> date | None:
    stated = [event.day for event in events if event.begins and event.day >= version]
    if stated:
        return stated[-1]
    for article in reversed(text.articles[-_CLOSING:]):
        words = half_width(article.text)
        match = _FROM.search(words)
        chinese = _FROM_CHINESE.search(article.text)
        day = _day(match[1], match[2], match[3]) if match else _chinese_day(chinese) if chinese else None
        if day is not None:
            return day if day >= version else None
        if _FROM_PUBLICATION.search(words):
            return None if amended else published
    return None


def _named(file_name: str) -> date | None:
    match = _IN_NAME.search(file_name)
    return _day(match[1], match[2], match[3]) if match else None


def _chinese_day(match: re.Match[str]) -> date | None:
    try:
        return _day(*(str(to_int(part)) for part in match.groups()))
    except InputError:  # 十十月
        return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
