"""Where 应当 may become 可以, 可以 become 应当 or 不得, and 不得 become 可以."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.questions.rules.generation.passages import Passage
from quizapp.questions.rules.generation.turns import Turn
from quizapp.questions.rules.generation.wishes import is_exhortation, is_wrong_in_itself
from quizapp.questions.rules.generation.wordings import any_of

_MODAL = re.compile("应当|必须|可以|不得")
_CLAUSE_END = re.compile("[，；。]")
# the modal verb belongs to a phrase within the sentence, or one cannot put another in its place
_SPOKEN_OF = re.compile(
    any_of(
        """
        (?<!的)(?:规定|约定|要求)(?!的|，) (?:认为|决定|批准|确定|认定)$ 知道(?:或者)?$ 是否 [的对将]$ 依法$ 也$ 都$ 还$ 但$
        但是$ 原本$ 所$ 除$ 条件$ 不$
        """
    )
)
_PHRASE_GOES_ON = re.compile(
    "[^，；。]{1,40}的"
    + any_of(
        """
        除外 情形， ， [\u4e00-\u9fff]{2,12}，(?:应当|可以|不得|由|依照|按照|经|在|自|不)
        [\u4e00-\u9fff]{2,14}(?:由|应当|可以|不得|从|按|归)
        """
    )
)
_SAYS_WHAT_IT_IS = re.compile("[^，。；]{1,24}的[^，。；]{1,12}。")
_FIXED = re.compile("不得不|不得已|应当以[^，]{2,12}为(?:主|依据|准)|可以说|可以自行")
# after 应当: a state, a payment or a manner, of which nobody would say that it is left to choice
_STATE = re.compile(
    any_of(
        """
        低于 高于 少于 多于 至少 不 自(?!收到|受理|接到) 是 有 为 具有 具备 属于 来源 承担 赔偿 符合 与 相[互应] 以 享有 载明
        包括 忠 随机 当 负责 [对就][^，。]{1,60}(?:负责|承担|负) 向[^，。]{1,20}(?:负责|承担) 补偿 返还 给予赔偿 依照 按照
        依法 根据 在规定 执行 服从 支付 缴纳 接受 完成 减少 及时 立即
        """
    )
)
_CAREFULLY = re.compile(
    "^[^，。；]*"
    + any_of(
        """
        妥善 认真 切实 严格 合理 科学 全面 真实 准确 公正 诚信 最有利 义务 承担[^，。；]*责任 采取有效 采取必要 贯彻 加强 依法
        保密 依靠 安全 模范 遵守 热爱
        """
    )
)
# around 可以
_ORGAN = re.compile(
    any_of("机关 部门 机构 政府 法院 检察院 委员会 国务院 主席团 会议 常务委员 行政法规 地方性法规 规章")
)
_AS_NEEDED = re.compile("随时|根据|视|按|结合|适当|酌情|自行|自愿|不")
_CONDITION = re.compile("的，|时，|后，")
_IN_NEED = re.compile("危险|困难|救助|保护|受害|检举|控告|帮助|意见|建议|监督")
_TAKEN_BACK = re.compile("但是|应当|批准|同意|许可")
_GOES_ON = re.compile("^[^，。；]*，(?:由|并|但|方|再|然后|也)")


@dataclass(frozen=True, slots=True)
class _Modal:
    """A modal verb, with what stands before it in its clause and in its sentence, and behind it."""

    word: str
    sentence: str
    clause: str
    earlier: str
    after: str


def duty_turns(passage: Passage) -> Iterator[Turn]:
    """The modal verbs of the sentence itself, not those of phrases within it, that can be changed."""
    sentence = passage.text[passage.target : passage.end]
    for match in _MODAL.finditer(sentence):
        start = max((m.end() for m in _CLAUSE_END.finditer(sentence, 0, match.start())), default=0)
        earlier, after = sentence[: match.start()], sentence[match.end() :]
        modal = _Modal(match[0], sentence, sentence[start : match.start()], earlier, after)
        if _is_of_a_phrase(modal):
            continue
        if new := _turned(modal):
            yield Turn(passage.target + match.start(), match[0], new, "duty")


def _is_of_a_phrase(modal: _Modal) -> bool:
    """「X是可以……的Y」 says what X is, 「按照规定应当……的」 of what it speaks: neither says what one must do."""
    return bool(
        _SPOKEN_OF.search(modal.clause)
        or _PHRASE_GOES_ON.match(modal.after)
        or _FIXED.match(modal.word + modal.after)
        or ("是" in modal.clause and _SAYS_WHAT_IT_IS.match(modal.after + "。"))
    )


def _turned(modal: _Modal) -> str:
    """What the modal verb may be changed into; "" where the change would fool nobody or contradict itself."""
    if modal.word == "可以":
        return _no_leave(modal)
    if modal.word == "不得":
        return _no_ban(modal)
    return _no_duty(modal)


def _no_duty(modal: _Modal) -> str:
    of_course = is_exhortation(modal.after) or _CAREFULLY.search(modal.after) or _STATE.match(modal.after)
    beside = modal.sentence.count(modal.word) > 1 + modal.sentence.count("；") or "不得" in modal.sentence
    return "" if of_course or beside or modal.clause.startswith("国家") else "可以"


def _no_leave(modal: _Modal) -> str:
    """An organ that may becomes one that must; a person who may, one who must not."""
    if (
        modal.sentence.count("可以") > 1
        or modal.after.startswith(("是", "有", "为"))
        or "根据" in modal.earlier
    ):
        return ""
    if _ORGAN.search(modal.earlier):
        return "" if _AS_NEEDED.match(modal.after) else "应当"
    # a leave that depends on nothing, or that helps the weak: nobody believes that it is denied
    if not _CONDITION.search(modal.earlier) or _IN_NEED.search(modal.sentence):
        return ""
    return "" if _TAKEN_BACK.search(modal.sentence) or _GOES_ON.search(modal.after) else "不得"


def _no_ban(modal: _Modal) -> str:
    of_course = is_wrong_in_itself(modal.after[:30]) or "任何" in modal.clause
    beside = modal.sentence.count("不得") > 1 or "应当" in modal.sentence or "除外" in modal.sentence
    return "" if of_course or beside else "可以"
