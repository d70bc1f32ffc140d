"""The fixed Chinese wording of generated questions, in one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from quizapp.questions.rules.generation.wordings import words_of
from quizapp.statutes.rules.numbering import article_name

BLANK = "（　　）"
_HEADING_NUMBER = re.compile(r"第[零〇一二三四五六七八九十百]+(?:分编|[编章节])")
_GENERAL = words_of(
    """
    总则 总纲 附则 一般规定 其他规定 特别规定 基本规定 法律责任 序言 期限 监督 执行 规章 通则 监督和追责 责任主体的特殊规定
    审查标准
    """
)
_SAYS_NOTHING = frozenset({"附则", "法律责任", "总则", "总纲"})


def heading_of(path: Sequence[str]) -> str:
    """The innermost heading that says what the article is about; "" where there is none."""
    for heading in reversed(path):
        words = "".join(_HEADING_NUMBER.sub("", heading, count=1).split())
        if words and words not in _GENERAL:
            return words
        if words in _SAYS_NOTHING:
            return ""
    return ""


def lead_of(law: str, path: Sequence[str], text: str) -> str:
    """How a stem begins: the law, and the heading where the passage does not name its matter itself."""
    heading = heading_of(path)
    if heading and heading not in text and len(heading) <= 16:
        return f"根据《{law}》关于“{heading}”的规定，"
    return f"根据《{law}》，"


def emphasised(stem: str) -> str:
    """A stem that ends with an exception says so in emphasised words."""
    return f"{stem.removesuffix('除外。')}[[除外]]。" if stem.endswith("除外。") else stem


def where(law: str, article: str) -> str:
    return f"《{law}》{article_name(article)}"


_VALUE_NAMES = {
    "period": "时间",
    "age": "年龄",
    "money": "金额",
    "people": "人数",
    "times": "倍数",
    "share": "比例",
    "majority": "多数",
    "fraction": "比例",
}
_BODY_ROLES = {
    "agent": "这件事由“{body}”去做",
    "target": "这件事应当找“{body}”",
    "report": "这件事要报到“{body}”",
    "consent": "这件事要先得到“{body}”的同意",
    "subject": "这项规定说的是“{body}”",
}


def value_is(law: str, article: str, value: str, family: str) -> str:
    return f"{where(law, article)}就这一事项规定的{_VALUE_NAMES[family]}是“{value}”。"


def other_value(law: str, article: str, value: str, family: str) -> str:
    return f"“{value}”是{where(law, article)}就另一事项规定的{_VALUE_NAMES[family]}，不适用于这里。"


def body_is(law: str, article: str, body: str, role: str) -> str:
    return f"按照{where(law, article)}，{_BODY_ROLES[role].format(body=body)}。"


def other_body(law: str, article: str, body: str) -> str:
    return f"“{body}”见于{where(law, article)}，那里规定的是另一事项。"


def members_are(law: str, article: str) -> str:
    return f"所选各项都列在{where(law, article)}之中，其余的项出自同一部法的其他列举。"


def other_member(law: str, article: str) -> str:
    return f"这一项列在{where(law, article)}，那里说的是另一种情形。"


def term_is(law: str, article: str, term: str) -> str:
    return f"{where(law, article)}界定了“{term}”，正确的说法与它一致。"


def other_term(law: str, article: str, term: str) -> str:
    return f"“{term}”由{where(law, article)}界定，含义不同。"


def other_definition(law: str, article: str, term: str) -> str:
    return f"这是{where(law, article)}对“{term}”的界定。"


def which_term(law: str, definition: str) -> str:
    return f"根据《{law}》，{BLANK}是指{definition}。"


def which_definition(law: str, term: str) -> str:
    return f"根据《{law}》，“{term}”是指什么？"


def which_contract(law: str, definition: str) -> str:
    return f"根据《{law}》，{BLANK}是{definition}。"


def stays(law: str, article: str, words: str) -> str:
    return f"{where(law, article)}在这一点上写的就是“{words}”，题干与规定相符。"


def stays_reason(words: str) -> str:
    return f"判断为错误不成立：规定写的就是“{words}”。"


def turned(law: str, article: str, old: str, new: str) -> str:
    return f"{where(law, article)}写的是“{old}”，题干说成“{new}”，意思就变了。"


def turned_reason(old: str, new: str) -> str:
    return f"判断为正确不成立：规定是“{old}”，不是“{new}”。"


BOTH_VERSIONS = "两个版本同时适用，不一致的由办理机关选择"
NEITHER_VERSION = "两个版本都不适用，等待有关机关另行规定"


def day_name(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def version_name(law: str, version: date) -> str:
    return f"{day_name(version)}公布的《{law}》文本"


def which_version_then(law: str, day: date, published: date) -> str:
    return (
        f"{day_name(published)}，新的《{law}》文本公布。仅从施行日期看，{day_name(day)}当天应当适用哪个文本？"
    )


def which_version_now(law: str, day: date) -> str:
    return f"某机关在{day_name(day)}受理一件事项，全部事实都发生在当天。办理时应当适用《{law}》的哪个文本？"


def version_is(law: str, article: str, since: date, *, later: bool) -> str:
    which = "当天已经施行，适用新文本" if later else "当天还没有施行，仍然适用原来的文本"
    return f"{where(law, article)}规定新文本自{day_name(since)}起施行，{which}。"


def other_version(since: date, *, later: bool) -> str:
    if later:
        return f"新文本自{day_name(since)}起施行，原来的文本从这一天起不再适用。"
    return f"新文本虽已公布，但要到{day_name(since)}才施行。"


def both_versions(since: date) -> str:
    return f"以{day_name(since)}为界，前后各适用一个文本，不存在同时适用、任选其一的情况。"


def neither_version(since: date, *, later: bool) -> str:
    which = "新文本已经接替原来的文本" if later else "在此之前原来的文本一直有效"
    return f"新文本自{day_name(since)}起施行，{which}，中间没有空白。"


def quoted(words: str) -> str:
    return f"“{words}”"


def is_member(law: str, article: str) -> str:
    return f"{where(law, article)}列举的各项中有这一项。"


def is_member_reason() -> str:
    return "判断为错误不成立：这一项就在列举之中。"


def is_no_member(law: str, article: str, other: str) -> str:
    return f"{where(law, article)}的列举中没有这一项，它出自{article_name(other)}，那里说的是另一种情形。"


def is_no_member_reason(noun: str) -> str:
    return f"判断为正确不成立：这一项不在该条列举的{noun}之中。"


def says_of_term(law: str, term: str, meaning: str) -> str:
    return f"根据《{law}》，“{term}”是指{meaning}。"


def other_meaning_told(law: str, article: str, term: str) -> str:
    return f"题干给出的是“{term}”的含义，见{where(law, article)}。"


def term_reason(term: str) -> str:
    return f"判断为错误不成立：这正是“{term}”的含义。"


def other_term_reason(term: str, other: str) -> str:
    return f"判断为正确不成立：这不是“{term}”的含义，而是“{other}”的含义。"


def as_it_stands(law: str, article: str) -> str:
    return f"{where(law, article)}正是这样规定的，题干的说法与它一致。"


def as_it_stands_reason() -> str:
    return "判断为错误不成立：题干没有一处与规定不同。"
