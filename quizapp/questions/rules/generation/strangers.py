"""Members of other lists that look as if they belonged to a list, and do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from rapidfuzz import fuzz

from quizapp.questions.rules.generation.enumerations import Enumeration, Member
from quizapp.questions.rules.generation.law import WIDE_LAW, Law
from quizapp.questions.rules.generation.wordings import pairs_of, words_of
from quizapp.statutes.rules.numbering import order_of

ALIKE = 55.0  # per cent: two members this alike may mean the same
ALIKE_IN_PART = 65.0  # the same, of the shorter member
MUCH = 0.4  # of the pairs of characters of the shorter member: with these in common, two may mean the same
SHARED_PAIRS = 2  # pairs of characters that a stranger has in common with the list
SAME_RULE = 88.0  # per cent: two lists introduced this alike ask the same question
SAME_SUBJECT = 45.0  # per cent: two lists speak of the same subject
TAIL = 12  # characters at the end of a consequence; with these in common it is the same
FARTHEST = 60  # articles, in a long law, between a list and those from which its wrong answers come
TOGETHER = 12  # articles: so near, lists are about the same matter
FROM_EACH = 3  # members of one other list
AT_MOST = 8

_DUTIES = words_of("职责 职权 任务 义务 工作 权利 责任 权限")
_FAMILIES = (
    words_of("情形 情况"),
    _DUTIES,
    words_of("事项 内容"),
    words_of("材料 资料 文件 信息"),
    words_of("机构 场所 单位"),
)
_SANCTION = re.compile("处[分理罚以]|责令|罚款|追究|警告|记过|开除")
_EVERYDAY = words_of(
    """
    应当 规定 情形 行为 下列 有下 列情 之一 一的 或者 造成 其他 有关 依法 以及 进行 的， 及其 列行 为之 机关 人员 责任 法律
    行政 单位 组织
    """
)

Stranger = tuple[Enumeration, Member]


def strangers_to(law: Law, found: Enumeration, rng: Random) -> list[Stranger]:
    """Members of other lists that look as if they belonged and do not, the most similar lists first."""
    lengths = [len(member.text) for member in found.usable] or [0]
    low, high = min(lengths) * 0.6, max(lengths) * 1.5
    kept: list[Stranger] = []
    for other in _near(law, found):
        members = list(other.usable)
        rng.shuffle(members)
        for member in members[:FROM_EACH]:
            alike = low <= len(member.text) <= high and _shares_words(found, member)
            if alike and _is_strange(found, member, kept):
                kept.append((other, member))
    return kept[:AT_MOST]


def _near(law: Law, found: Enumeration) -> list[Enumeration]:
    """Lists of the same kind of thing under another rule, the most similar rule first."""
    here = order_of(found.reading.number)[0]
    scored = [
        (fuzz.ratio(other.rule, found.rule), other)
        for other in law.enumerations
        if other.reading is not found.reading
        and _family(other.noun) == _family(found.noun)
        and (abs(order_of(other.reading.number)[0] - here) <= FARTHEST or len(law.readings) < WIDE_LAW)
        and not _same_question(other, found)
    ]
    close = [(score, other) for score, other in scored if score < SAME_RULE and _comparable(other, found)]
    return [other for _, other in sorted(close, key=lambda each: -each[0])]


def _family(noun: str) -> frozenset[str]:
    """Situations stand beside situations, duties beside duties, matters beside matters."""
    return next((family for family in _FAMILIES if noun[-2:] in family), frozenset({noun[-2:]}))


def _comparable(one: Enumeration, other: Enumeration) -> bool:
    """Whether members of one list could be taken for members of the other: both speak of the same subject, or
    stand together in the law."""
    if _family(one.noun) == _DUTIES:
        return True
    if one.head and other.head and fuzz.ratio(one.head, other.head) >= SAME_SUBJECT:
        return True
    if one.head and other.head and one.reading.article.path != other.reading.article.path:
        return False
    apart = abs(order_of(one.reading.number)[0] - order_of(other.reading.number)[0])
    return apart <= TOGETHER or one.reading.article.path == other.reading.article.path


def _shares_words(found: Enumeration, member: Member) -> bool:
    """Whether a stranger shares words with the list: pairs of characters that are not everyday words."""
    own = pairs_of(found.lead + "".join(each.text for each in found.members)) - _EVERYDAY
    return len(own & pairs_of(member.text)) >= SHARED_PAIRS


def _overlap(one: str, other: str) -> float:
    first, second = pairs_of(one) - _EVERYDAY, pairs_of(other) - _EVERYDAY
    return len(first & second) / max(1, min(len(first), len(second)))


def _same_question(one: Enumeration, other: Enumeration) -> bool:
    """Whether two lists lead to the same end, so that a member of either would be right: duties of one body
    in two articles, acts with one sanction."""
    punished = {bool(_SANCTION.search(each.consequence)) for each in (one, other)}
    if one.head == other.head and len(punished) == 2:
        return True  # misconduct of the same people, only that one article says something else of it
    if one.consequence and other.consequence:
        return one.consequence[-TAIL:] == other.consequence[-TAIL:]
    return len(one.head) > 2 and one.head == other.head and not one.consequence and not other.consequence


def _is_strange(found: Enumeration, member: Member, kept: Sequence[Stranger]) -> bool:
    """Whether a member of another list is neither a member here nor says nearly the same as one."""
    own = [each.text for each in found.members] + [each.text for _, each in kept]
    if member.text in found.reading.text:
        return False
    if any(_overlap(member.text, text) >= MUCH for text in own):
        return False
    return all(
        fuzz.partial_ratio(member.text, text) < ALIKE_IN_PART and fuzz.ratio(member.text, text) < ALIKE
        for text in own
    )
