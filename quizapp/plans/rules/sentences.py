"""Sentences of a joined report, and which of their words speak of this agency's year.

A sentence ends at 。！？； or at the end of a paragraph, not inside 《》. Its `live` text has the same
length; what must not be read as a count of this year (titles, document numbers, other years, plans for
the next year) is blanked there, so that positions stay equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from quizapp.plans.rules.text import HEADING_MARK

Section = Literal["body", "shortcomings", "next_steps"]
BLANK = "▢"
IN_TITLE = "◇"
LONGEST = 1500  # characters; the longest sentence seen in a published report has about 450

_END = re.compile(r"[。！？；]+[”）]*|\n")
_TOP_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+[章部]")
_MARK = rf"^(?:{HEADING_MARK})?"
_SHORTCOMINGS = re.compile(
    _MARK + r"(?:[^。，；\n]{0,14}(?:存在|面临)的?(?:主要|突出)?(?:问题|不足|困难|差距|短板|薄弱)"
    r"|(?:主要|突出)?(?:问题|不足|差距|短板)(?:和|与|及|、)|(?:主要|存在)问题|不足之处|短板弱项|[^。，；\n]{0,8}的不足)"
)
_NEXT_STEPS = re.compile(
    _MARK + r"(?:下一?步|今后|来年|明年|[^。，；\n]{0,12}(?:打算|努力方向|改进措施|下一?步)"
    r"|20\d\d年[^。，；\n]{0,8}(?:计划|安排|思路|重点|展望))"
)
_PLANNED = re.compile(r"(?:下一?步|明年|来年|今后|下一年)[^\n]*|(?:拟|计划|将|准备|力争|争取)(?:再|继续)?(?:组织|开展|举办)[^，。；\n]*")
_ORDERED = re.compile(r"要求(?:各|全|每|其|所属|干部)[^，。；\n]*")
_OTHER_YEAR = re.compile(r"(20\d\d)年|去年|上一?年度?(?!半)|前年|往年|(?:今|本|当)年度?")
_CITATION = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|〔\d+〕\d*号?|（20\d\d—20\d\d年?）")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text == report[start:end]`; `live` is as long and keeps only what may count for the year."""

    text: str
    live: str
    start: int
    end: int
    paragraph: int
    section: Section


def split(text: str, year: int | None) -> tuple[Sentence, ...]:
    """The sentences of a joined text in order; `year` is the report's."""
    found: list[Sentence] = []
    section: Section = "body"
    start = 0
    for number, paragraph in enumerate(text.split("\n")):
        section = _section_of(paragraph, section)
        live = _live(paragraph, year)
        for left, right in _pieces(paragraph):
            piece = paragraph[left:right]
            alive = live[left:right] if section == "body" else BLANK * len(piece)
            found.append(Sentence(piece, alive, start + left, start + right, number, section))
        start += len(paragraph) + 1
    return tuple(found)


def _section_of(paragraph: str, current: Section) -> Section:
    head = paragraph[:30]
    lasting = current != "body" and not _TOP_HEADING.match(head)
    if _NEXT_STEPS.match(head) and not re.search("不足|问题|差距|短板", head[:16]):
        return "next_steps"
    if _SHORTCOMINGS.match(head):
        return "shortcomings"
    return current if lasting else "body"


def _pieces(paragraph: str) -> list[tuple[int, int]]:
    guarded = _CITATION.sub(lambda match: BLANK * len(match.group()), paragraph)
    pieces = []
    left = 0
    for match in _END.finditer(guarded):
        pieces.append((left, match.end()))
        left = match.end()
    if left < len(paragraph):
        pieces.append((left, len(paragraph)))
    return [part for piece in pieces for part in _cut(paragraph, *piece)]


def _cut(paragraph: str, left: int, right: int) -> list[tuple[int, int]]:
    """A text without full stops in parts of bounded length, so that reading takes time in proportion."""
    parts = []
    while right - left > LONGEST:
        comma = paragraph.rfind("，", left, left + LONGEST)
        stop = comma + 1 if comma > left else left + LONGEST
        parts.append((left, stop))
        left = stop
    return [*parts, (left, right)]


def _live(paragraph: str, year: int | None) -> str:
    paragraph = _CITATION.sub(_cite, paragraph)
    for pattern in (_PLANNED, _ORDERED):
        paragraph = pattern.sub(lambda match: BLANK * len(match.group()), paragraph)
    return _without_other_years(paragraph, year)


def _cite(match: re.Match[str]) -> str:
    """A title keeps only the ending that tells whether it is a law, so that 「学习《档案法》2次」 is still on law."""
    words = match.group()
    ending = re.search("(?:法|法典|条例)》$", words)
    tail = ending.group() if ending else words[-1]
    return words[0] + IN_TITLE * (len(words) - 1 - len(tail)) + tail


def _without_other_years(paragraph: str, year: int | None) -> str:
    marks = list(_OTHER_YEAR.finditer(paragraph))
    for position, mark in enumerate(marks):
        if not _is_other(mark, year):
            continue
        following = marks[position + 1].start() if position + 1 < len(marks) else len(paragraph)
        opens = re.search(r"(?:^|[，。；（：])(?:而|在|其中|与)?$", paragraph[: mark.start()])
        lasts = opens and not re.match(r"(?:年?度?)?[^，。；]{0,12}(?:印发|出台|制定|修订|发布|实施|施行|以来)", paragraph[mark.end() :])
        stop = re.compile("[。；]" if lasts else "[，。；）]").search(paragraph, mark.end())
        end = min(following, stop.start() if stop else len(paragraph))
        paragraph = paragraph[: mark.start()] + BLANK * (end - mark.start()) + paragraph[end:]
    return paragraph


def _is_other(mark: re.Match[str], year: int | None) -> bool:
    if mark.group(1):
        return year is not None and int(mark.group(1)) != year
    return mark.group()[0] not in "今本当"
