"""Terms that a law defines: 「本法所称X，是指Y。」, and in the Civil Code 「X合同是……的合同。」"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.questions.rules.generation.passages import ITEM, Block, Proof, Reading, sentences
from quizapp.questions.rules.generation.wordings import any_of

LONGEST_MEANING = 85
SHORTEST_MEANING = 8

_TERM = "“?(?P<term>[^，。：；“”]{2,16}?)”?"
_MEANS = "(?:是指|(?<=，)指(?![导挥定标派]))"
_KIND = any_of(
    """
    组织 权利 行为 合同 协议 人 能力 意思表示 制度 形式 财产 信息 活动 表示 评价 外部形象 条款 关系 机构 管理 方式 技术成果
    作品 资金 收入 程度
    """
)
_CALLED = re.compile(
    f"(?:[^，。；]{{0,24}}所称的?)?{_TERM}(?:，|（[^）]*），?)?{_MEANS}(?P<meaning>[^。]+)。"
)
_ITEM = re.compile(f"{_TERM}，?{_MEANS}(?P<meaning>[^。]+)[。；]")
_CONTRACT = re.compile("(?P<term>[^，。：；“”]{1,8}合同)是(?P<meaning>[^。]+的合同)。")
_IS = re.compile(f"(?P<term>[\u4e00-\u9fff]{{2,8}})是(?P<meaning>[^。；]{{8,}}的{_KIND})。")
_OF_PARAGRAPH = ((_CONTRACT, "contract"), (_CALLED, "called"), (_IS, "called"))
_OF_ITEM = ((_ITEM, "called"),)
_NOT_A_TERM = re.compile("[的应可不得由向依按都也须]|下列|规定|当事人|^一|本法|本条例|期限|日$")
_LOOSE = re.compile(
    any_of(
        """
        第[零〇一二三四五六七八九十百千0-9]+[条款项] 前[一二两三]?[款项条] 上述 本条(?!例) 本[款项] 下列 以下[规情] ^其 ^该 ：
        所称 ^根据 ^依法设
        """
    )
)


@dataclass(frozen=True, slots=True)
class Definition:
    """`start`, `end`: where the sentence stands in the normal form. `form`: "called" or "contract"."""

    reading: Reading
    number: int
    term: str
    meaning: str
    start: int
    end: int
    form: str

    @property
    def proof(self) -> Proof:
        return Proof(self.reading, self.number, (self.start, self.end))


def definitions_of(reading: Reading) -> Iterator[Definition]:
    """The definitions of an article whose term and meaning can stand alone."""
    for block in reading.blocks:
        for start, text in _parts(block):
            if (found := _definition(reading, block, start, text)) is not None:
                yield found


def _parts(block: Block) -> list[tuple[int, str]]:
    if block.is_item:
        head = ITEM.match(block.text)
        offset = head.end() if head else 0
        return [(offset, block.text[offset:])]
    return sentences(block.text)


def _definition(reading: Reading, block: Block, start: int, text: str) -> Definition | None:
    for pattern, form in _OF_ITEM if block.is_item else _OF_PARAGRAPH:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        term, meaning = match["term"], match["meaning"]
        short = SHORTEST_MEANING <= len(meaning) <= LONGEST_MEANING
        if short and not _NOT_A_TERM.search(term) and not _LOOSE.search(meaning):
            place = block.start + start
            return Definition(reading, block.number, term, meaning, place, place + len(text), form)
    return None
