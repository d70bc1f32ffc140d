"""How bodies stand to each other: which overlap, which are of one sort, which could be taken for which."""

from __future__ import annotations

import re

from quizapp.questions.rules.generation.wordings import any_of, pairs_of, words_of

_LEVEL = re.compile(
    any_of(
        """
        上一级 下一级 上级 下级 本级 同级 县级以上 省级以上 设区的市级以上 各级 地方 国务院 国家 中央 全国 最高 高级 人民政府 政府 人民代表大会 人民 主管
        行政 管理 监督 工作
        """
    )
)
_FORM = re.compile("部门|机关|机构|委员会|单位|人$|局$")
_FUNCTION = re.compile(
    any_of(
        """
        复议 复核 复审 义务机关 制定机关 任免机关 决策机关 授权机关 审批机关 承办 招录 登记机 主管机关 提存 受理机关 申诉 人事部门 权力机构 执行机构
        监督机构 派出机构 工作机构 当地 处理机关 征收机构 审查机关 处罚机关 主管部门$
        """
    )
)
_ASSEMBLY = re.compile("代表大会|常务委员会|主席团|委员长会议|主任会议")
_PARTY = re.compile("人$|用人单位|劳动者|用工单位|派遣单位|供应商|采购")
_COURT = re.compile("法院|检察院")
_NATIONAL = re.compile("国务院|中央|国家|全国|最高|财政部$|审计署|中国人民银行$|委员长|^主席团$|大会主席团")
_RELATED = re.compile("本级|同级|上一级|下一级|上级|下级")
_SEVERAL = re.compile("以上|各级|地方|以下")
_GOVERNMENT = re.compile("国务院$|政府$|中央$")
_NEIGHBOURS = frozenset({"上一级", "本级", "下一级"})
_EVERYDAY = words_of(
    "行政 财政 县级 省级 市级 乡镇 义务 公共 赔偿 采购 用人 劳动 机关 各部 决策 复议 政复 登记"
)


def overlap(one: str, other: str) -> bool:
    """Whether one body may be, contain or be part of the other: 县级以上人民政府 and 省级人民政府."""
    if one in other or other in one:
        return True
    if _GOVERNMENT.search(one) and _GOVERNMENT.search(other):
        if bool(_RELATED.match(one)) != bool(_RELATED.match(other)):
            return True  # the government of the same level may be that of the township
        return bool(_SEVERAL.search(one) or _SEVERAL.search(other) or _level(one) == _level(other))
    first, second = _matter(one), _matter(other)
    if first != second:
        return bool(pairs_of(first) & pairs_of(second))
    levels = {_level(one), _level(other)}
    return not (levels <= _NEIGHBOURS and len(levels) == 2)


def fits(body: str, other: str) -> bool:
    """Whether `other` is a wrong answer that one could believe, and is not the same body by another name:
    courts do not do what the army does, and 行政复议机关 may be 县级以上人民政府."""
    if bool(_FUNCTION.search(body)) != bool(_FUNCTION.search(other)):
        return False
    if _COURT.search(other) and not _COURT.search(body):
        return False
    if other in {"国家主席", "中央军事委员会"} and body != "国务院" and sort_of(body) != "assembly":
        return False
    if body == "中央军事委员会" and not is_of_the_state(other):
        return False
    if _RELATED.match(other) and not _RELATED.match(body):  # 本级 in place of it has nothing to refer to
        return False
    if _NATIONAL.search(other):
        return bool(_NATIONAL.search(body))
    return bool(re.search("政府|部门$", other)) if _NATIONAL.search(body) else True


def is_told(body: str, text: str) -> bool:
    """Whether the text around a body names its matter again: only a 监察机关 has 监察事项."""
    rest = text.replace(body, "")
    if sort_of(body) == "party":
        return len(body) > 2 and body.removesuffix("人") in rest
    return any(pair in rest for pair in pairs_of(_matter(body)) - _EVERYDAY)


def is_of_the_state(body: str) -> bool:
    """Whether a body stands at the head of the whole state."""
    return bool(_NATIONAL.search(body)) and not _RELATED.match(body)


def sort_of(body: str) -> str:
    """Bodies of one sort make options that look alike."""
    if _ASSEMBLY.search(body):
        return "assembly"
    if _PARTY.search(body):
        return "party"
    return "unit" if body.endswith("单位") else "authority"


def _level(body: str) -> str:
    match = _LEVEL.match(body)
    return match[0] if match else ""


def _matter(body: str) -> str:
    """What is left of a name without rank and form: 国务院公安部门 → 公安."""
    return _FORM.sub("", _LEVEL.sub("", body))
