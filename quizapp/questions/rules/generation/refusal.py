"""Why a candidate is not made: what cannot be understood alone, gives itself away or has nothing to ask."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from quizapp.questions.rules.generation.wordings import any_of

LONGEST_STEM = 120
SHORTEST_PASSAGE = 11
LONGEST_RATIO = 1.35
LONGEST_MARGIN = 2

REASONS = (
    "purpose",  # why the law was made, when it takes effect, what happens to older cases
    "refers",  # to another article, paragraph or list, which the reader does not see
    "fragment",  # begins in the middle of a thought, or has no subject
    "stem_long",
    "stem_short",
    "nothing_to_ask",  # no number, body, list, term or turn of duty in it
    "few_distractors",  # fewer than two wrong answers of the same kind in the law
    "gives_away",  # the stem or the form of the options tells the key
    "near_duplicate",
    "unproved",  # no article among those given shows it
)

_NUMERAL = "[零〇一二三四五六七八九十百千0-9]+"
_PURPOSE = re.compile(
    r"制定本|施行|废止|本(?:法|条例|规定|办法)(?:实施|公布)(?:前|后|之日)|(?:自|从)(?:发布|公布)之日起"
)
_REFERS = re.compile(
    any_of(
        f"""
        前[一两二三四五六七]?[款条项] 本条(?!例) 本[款项章节编] 本分编 上述 前述 上列 第{_NUMERAL}[条款项章节编] 下列 如下
        以下(?![的罚有拘职]|[、，；。）]|公务|科研) 所列 列举 此款 上一?款 这[些种类] [此该]种 此类 前文
        以上(?:规定|情形|事项|行为|条件|程序) 上述 分别(?:对应|按照上) 附件 附表 附录 另一方面 相应类
        """
    )
)
_FRAGMENT = re.compile(
    any_of(
        """
        但 该 其 此 这 同时 因此 所以 并 且 而 也 又 还 或者 另[^一行] 否则 然后 前[^往] 上述 除此 除前 对此 据此 为此 逾期 期满 到期 届满
        期限届满 情况 情节 情形 必要 需要 紧急 经审查 经核实 经调查 经复查 确有 确需 仍 特殊 在此 不足 超过 以上 之后 其中 同样 无正当理由 拒不 拒绝
        构成 有关情况 无法 不能 不符合 不属于 不予 不需要 未经?批准 符合条件 两者 二者 双方 多次 再次 尚未 存在 造成 发现
        被(?![申告征保收继监选派代扶许调处检侵宣审执辞]) 查证 具体 相关 对不 对符合 对需要 对确需 对于?有 作出决定 申请材料 申请延长 延长 第二
        第三[^人方] 首先
        """
    )
)
_LATER_FRAGMENT = re.compile(
    any_of(
        """
        有[^权关] 因 应当 可以 不得 属于 涉及 收到 接到 违反 没有 未 依法 决定 需 经 调查 鉴定 听证 所需
        """
    )
)
_BARE_CONDITION = re.compile("[^，；。]{1,8}的，")
_HANGS = re.compile("决定|拒不|逾期|仍")
_EXCEPTION = re.compile(r"(?:但是?|法律|法规|国家|国务院|行政法规)[^。]{0,30}(?:另有|除外|从其)")
_REFERENT = re.compile("该([\u4e00-\u9fff]{2})")
_OWN_SUBJECT = re.compile(
    any_of(
        """
        国家 国务院 中央 地方 各级 县级 省级 设区的市 省、自治区 全国 最高 人民法院 人民检察院 公安机关 任何 公民 公职人员 公务员 军人 生产经营单位
        用人单位 劳动者 监察机关 监察人员 审计机关 行政复议机关 行政机关 统计 档案 当事人 机关、 采购 供应商 个人信息处理者 网络数据处理者 国家安全机关
        保密行政 业主 承运人 承租人 出租人 债权人 债务人 保证人 抵押权人 质权人 监护人 委托人 受托人
        """
    )
)


def unclear(text: str, *, later: bool) -> str:
    """Why a passage cannot be understood alone, or "". `later`: it does not open its article."""
    if _PURPOSE.search(text):
        return "purpose"
    if _REFERS.search(text) or any(not _named_before(text, match) for match in _REFERENT.finditer(text)):
        return "refers"
    if _FRAGMENT.match(text) or (later and (_LATER_FRAGMENT.match(text) or _BARE_CONDITION.match(text))):
        return "fragment"
    if re.search("[：:]", text) or text.count("“") != text.count("”") or text.count("（") != text.count("）"):
        return "fragment"
    return "stem_short" if len(text) < SHORTEST_PASSAGE else ""


def _named_before(text: str, match: re.Match[str]) -> bool:
    """「…行政机关，该机关…」: what 「该」 points to stands before it."""
    return match[1] in text[: match.start()]


def opens_alone(sentence: str) -> bool:
    """Whether a sentence within a paragraph names its own subject and points to nothing before it."""
    first = sentence.partition("，")[0]
    hangs = _BARE_CONDITION.match(sentence) or _HANGS.search(first)
    return bool(_OWN_SUBJECT.match(sentence)) and not hangs


def is_exception(sentence: str) -> bool:
    """Whether a sentence takes back part of the one before it: without it, that one is not the whole rule."""
    return bool(sentence.startswith("但") or _EXCEPTION.match(sentence))


def gives_away(stem: str, right: Collection[str], wrong: Collection[str]) -> bool:
    """Whether the stem contains a key, or the keys stand out by their length, as `bank check` measures it."""
    if any(key in stem for key in right):
        return True
    shortest, longest = min(map(len, right)), max(map(len, wrong))
    return shortest > LONGEST_RATIO * longest + LONGEST_MARGIN


def shared_part(stem: str, texts: Sequence[str], length: int) -> set[str]:
    """Runs of `length` characters that the stem has in common with every text."""
    runs = {stem[i : i + length] for i in range(len(stem) - length + 1)}
    for text in texts:
        runs &= {text[i : i + length] for i in range(len(text) - length + 1)}
    return runs
