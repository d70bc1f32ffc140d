"""Lists in the text of a law: what introduces them, and their members (一)(二)(三)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.questions.rules.generation.passages import ITEM, Block, Proof, Reading
from quizapp.questions.rules.generation.refusal import unclear
from quizapp.questions.rules.generation.wordings import any_of

LONGEST_MEMBER = 60
SHORTEST_MEMBER = 3
GAP = "□"

_LEAD = re.compile(
    "(?P<head>[^：]*?)(?:下列|以下)(?P<noun>[^，。：；]{0,24}?)(?:之一)?(?P<of>的)?(?P<rest>(?:[，；][^：]*)?)："
)
_NOT_ASKED = re.compile(
    any_of(
        """
        除外 禁止 一般包括 (?:按照|依照|按|根据|适用)(?:下列|以下) 分别 依次 各项 按顺序 步骤 用语 含义
        """
    )
)
_NOT_ASKED_NOUN = re.compile("各项|程序|方法|方式|标准|顺序|步骤|用语|[两三四五六七]种")
_SEVERAL = re.compile("一项或者多项|之一")
_KEPT_RULES = re.compile("(?:遵守|遵循)$")
_LOOSE = re.compile(
    any_of(
        """
        其他 另有 第[零〇一二三四五六七八九十百千0-9]+[条款项章节] 前[一二两三]?[款项条] 上述 本项 本款 本条(?!例) 下列 [该此]
        ^其 所列 以上[规情] ^有 除外 [。：]
        """
    )
)
_NAMED = re.compile(
    any_of("情形 行为 职权 职责 义务 权利 事项 条件 内容 材料 任务 要求 工作 措施 规定 原则 因素 情况") + "$"
)
_THINGS = re.compile(
    any_of(
        """
        财产 人员 机构 单位 场所 费用 权利 事项 案件 支出 个人、组织 未成年人 行政案件 文书、出版物等 证件、证照 人士
        """
    )
    + "(?P<told>(?!或者|、|和|及)[^，。：；]*)"
)
_NEGATION = re.compile(
    any_of(
        """
        不属于 不包括 不需要 不必 无需 不应当 不符合 不适用 不是 不能 不可以 不得 不予 不再 不认定 不作 不承担 不公开 不受理
        不停止 不计
        """
    )
)


@dataclass(frozen=True, slots=True)
class Member:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """`lead`: the sentence that introduces the members; `question`: the same as a question; `statement`: the
    same with a gap for one member. Where they cannot be made they are "", and `reason` says why."""

    reading: Reading
    number: int
    start: int
    lead: str
    noun: str
    question: str
    statement: str
    reason: str
    members: tuple[Member, ...]

    def proof(self, end: int) -> Proof:
        """The list from its first word to `end`, a place in the normal form."""
        return Proof(self.reading, self.number, (self.start, end))

    @property
    def usable(self) -> tuple[Member, ...]:
        """The members that can be understood alone."""
        return tuple(member for member in self.members if is_plain(member.text))

    @property
    def head(self) -> str:
        """What stands before the list: of whom or what it speaks."""
        return re.split("有?(?:下列|以下)", self.lead, maxsplit=1)[0]

    @property
    def consequence(self) -> str:
        """What follows from being on the list; "" where the lead ends with the list."""
        tail = re.split("下列|以下", self.lead, maxsplit=1)[-1]
        return tail.partition("，")[2].rstrip("：")

    @property
    def rule(self) -> str:
        """The lead without what it says of the list itself: subject and consequence."""
        return re.sub("有?(?:下列|以下)[^，。：；]{0,24}?(?:之一)?的?(?=[，：；])", "", self.lead)


def enumerations_of(reading: Reading) -> Iterator[Enumeration]:
    """The enumerations of an article, in order, also those that are no question."""
    for place, block in enumerate(reading.blocks):
        if block.is_item or block.text[-1] not in "：:":
            continue
        items = []
        for item in reading.blocks[place + 1 :]:
            if not item.is_item:
                break
            items.append(_member(item))
        if len(items) >= 2:
            yield _enumeration(reading, block, tuple(items))


def is_plain(text: str) -> bool:
    """Whether a member says one definite thing by itself."""
    return SHORTEST_MEMBER <= len(text) <= LONGEST_MEMBER and not _LOOSE.search(text)


def _member(block: Block) -> Member:
    head = ITEM.match(block.text)
    offset = head.end() if head else 0
    text = block.text[offset:].rstrip("；。，;,")
    return Member(text, block.start + offset, block.start + offset + len(text))


def _enumeration(reading: Reading, block: Block, members: tuple[Member, ...]) -> Enumeration:
    start = block.text.rfind("。", 0, -1) + 1
    lead = block.text[start:-1] + "："
    match = _LEAD.fullmatch(lead)
    if match is None:
        noun, asked, reason = "", ("", ""), "nothing_to_ask"
    else:
        noun, rest = _SEVERAL.sub("", match["noun"]), (match["of"] or "") + match["rest"]
        reason = _why_not(lead, match["head"], noun)
        parts = (match["head"], noun, rest)
        asked = ("", "") if reason else (_question(*parts), _statement(*parts))
    return Enumeration(reading, block.number, block.start + start, lead, noun, *asked, reason, members)


def _why_not(lead: str, head: str, noun: str) -> str:
    if len(noun) < 2 or _NOT_ASKED.search(lead) or _NOT_ASKED_NOUN.search(noun):
        return "nothing_to_ask"
    if noun.endswith(("规定", "原则")) and not _KEPT_RULES.search(head):
        return "nothing_to_ask"
    if re.search("不得[^，]{0,6}(?:下列|以下)", lead) and len(noun) < 6:
        return "nothing_to_ask"  # what is forbidden here may be forbidden by another article as well
    plain = lead.replace("下列", "特定").replace("以下", "特定").replace("：", "。")
    reason = unclear(plain, later=False)
    return "" if reason in {"", "stem_short"} else reason


def _question(head: str, noun: str, rest: str) -> str:
    """「有下列情形之一的，应当…：」 → 「有下列哪些情形的，应当…？」, the word that denies emphasised."""
    question = f"{head}下列哪些{noun}{rest}？"
    denied = [match.span() for match in _NEGATION.finditer(question)]
    if not denied:
        return question
    start, end = next((span for span in denied if span[0] > len(head)), denied[-1])
    return f"{question[:start]}[[{question[start:end]}]]{question[end:]}"


def _statement(head: str, noun: str, rest: str) -> str:
    """「有下列情形之一的，应当…：」 → 「有□这一情形的，应当…。」; 「下列财产可以抵押：」 → 「□可以抵押。」"""
    if _NAMED.search(noun) and not (noun == "事项" and not head):
        return f"{head}{GAP}这一{noun}{rest}。"
    things = _THINGS.fullmatch(noun)
    if things is None or head.endswith("对") or (head and not things["told"]):
        return ""
    return f"{head}{GAP}{things['told']}{rest}。"
