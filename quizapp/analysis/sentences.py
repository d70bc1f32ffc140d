"""What flags, notes and reliability mean, in words that a person acts on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from quizapp.analysis.models import ExamAnalysis, ItemStatistic
from quizapp.analysis.rules.flags import ENOUGH, SERIOUS, Code
from quizapp.analysis.rules.leaks import QUICK, Sign
from quizapp.i18n import N_, _, show_time
from quizapp.questions.rules.sheet import JUDGEMENTS

NAMES: Mapping[str, str] = {
    Code.KEY_WRONG: N_("答案可能有误"), Code.KEY_TOO_MUCH: N_("答案可能有误"), Code.NEGATIVE: N_("区分度为负"),
    Code.HARD: N_("过难"), Code.EASY: N_("过易"), Code.WEAK: N_("区分度低"), Code.UNUSED: N_("干扰项没人选"),
    Code.TOO_FEW: N_("人数太少"), Sign.RISE: N_("考试中变容易"), Sign.SINCE: N_("比上次容易"), Sign.QUICK: N_("答得太快"),
}
_TAGS = {**dict.fromkeys(map(str, SERIOUS), "err"), **dict.fromkeys(map(str, Sign), "warn"), Code.HARD: "warn", Code.WEAK: "warn"}
CHOICE_RATE, MARK_RATE = N_("选择率"), N_("得分率")


def percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.0f}%"


def decimal(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def option_name(kind: str, option: str) -> str:
    """The letter of an option, or the judgement in words."""
    return _(JUDGEMENTS[option]) if kind == "true_false" else option


def labels(row: ItemStatistic) -> list[tuple[str, str]]:
    """What is to be said of a question in a word each, with its colour; what matters most first."""
    codes = [flag["code"] for flag in row.flags] + [note["sign"] for note in row.notes]
    return [(_(NAMES[code]), _TAGS.get(code, "")) for code in dict.fromkeys(codes)]


def told(row: ItemStatistic, analysis: ExamAnalysis, titles: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """(name, colour of the box, sentence) of every flag and note."""
    colours = {"err": "err", "warn": "warn"}
    said = [(flag["code"], flag_sentence(flag, row)) for flag in row.flags]
    said += [(note["sign"], note_sentence(note, row, analysis, titles)) for note in row.notes]
    return [(_(NAMES[code]), colours.get(_TAGS.get(code, ""), "info"), sentence) for code, sentence in said]


def severity(row: ItemStatistic) -> tuple[int, float]:
    """Sorts what a person should see first to the front."""
    order = [*map(str, SERIOUS), *map(str, Sign), *(str(code) for code in Code if code not in SERIOUS)]
    ranks = [order.index(flag["code"]) for flag in row.flags] + [order.index(note["sign"]) for note in row.notes]
    return min(ranks, default=len(order)), row.item_rest if row.item_rest is not None else 1.0


def flag_sentence(flag: Mapping[str, Any], row: ItemStatistic) -> str:
    share, other = percent(flag["share"]), percent(flag["other"])
    option = option_name(row.kind, flag["option"]) if flag["option"] else ""
    match flag["code"]:
        case Code.KEY_WRONG if row.kind == "multiple":
            return _("成绩最好的三分之一里有 %(share)s 选了 %(option)s，答案里没有它。请对照法条核对。", option=option, share=share)
        case Code.KEY_WRONG if flag["share"] > 0.5:
            return _("成绩最好的三分之一里多数选了 %(option)s（%(share)s），选标准答案的只有 %(other)s。请对照法条核对。",
                     option=option, share=share, other=other)
        case Code.KEY_WRONG:
            return _("成绩最好的三分之一里选 %(option)s 的（%(share)s）比选标准答案的（%(other)s）多。请对照法条核对。",
                     option=option, share=share, other=other)
        case Code.KEY_TOO_MUCH:
            return _("答案里有 %(option)s，可是成绩最好的三分之一里只有 %(share)s 选了它，最差的三分之一里有 %(other)s。请对照法条核对。",
                     option=option, share=share, other=other)
        case Code.NEGATIVE:
            return _("与其余各题成反比（相关系数 %(r)s）：整份卷答得好的人，这道题反而答得差。先核对答案，再看题干有没有歧义。",
                     r=decimal(flag["share"]))
        case Code.HARD:
            return _("平均只得到 %(share)s 的分。请看是否超出学习内容，或者题干不清楚。", share=share)
        case Code.EASY:
            return _("平均得到 %(share)s 的分，几乎人人会，分不出高低；人人必须掌握的内容可以保留。", share=share)
        case Code.WEAK:
            return _("最好的 27%% 与最差的 27%%，得分率只差 %(d)s。请看题干和选项是否含糊。", d=decimal(flag["share"]))
        case Code.UNUSED:
            return _("选项 %(option)s 几乎没有人选（%(share)s），起不到干扰作用，可以换一个。", option=option, share=share)
        case _:
            return _("只有 %(n)s 人答过，不作判断（至少要 %(least)s 人）。", n=row.people, least=ENOUGH)


def note_sentence(note: Mapping[str, Any], row: ItemStatistic, analysis: ExamAnalysis, titles: Mapping[int, str]) -> str:
    """A sign that the question may have become known. It accuses nobody."""
    before, after = percent(note["before"]), percent(note["after"])
    match note["sign"]:
        case Sign.RISE:
            return _("%(time)s 以后开始作答的人，得分率由 %(before)s 升到 %(after)s，整份卷同期的变化是 %(paper)s。可能有人事先知道了题目，也可能有别的原因，请人核实。",
                     time=slice_time(analysis, note["at"]), before=before, after=after, paper=signed(note["paper"]))
        case Sign.SINCE:
            return _("在“%(exam)s”里得分率是 %(before)s，这次是 %(after)s。可能已经流传，也可能是学习的效果，请人核实。",
                     exam=titles.get(note["at"], "—"), before=before, after=after)
        case _:
            return _("有时间记录的 %(timed)s 人里，%(n)s 人在 %(seconds)s 秒以内答对。请人核实，系统不作处理。",
                     timed=row.timed, n=note["people"], seconds=int(QUICK))


def slice_time(analysis: ExamAnalysis, number: int) -> str:
    return show_time(datetime.fromisoformat(analysis.slices[number]["from"]))


def signed(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:+.0f}%"


def reliability_sentence(alpha: float | None) -> str:
    """Bounds: Nunnally & Bernstein (1994), “Psychometric Theory”, ch. 7: 0.70 for comparing groups, 0.90 where something
    is decided about one person; 0.80 between them."""
    if alpha is None:
        return _("还不能计算信度：人数或者题数太少，或者人人得分相同。")
    value = decimal(alpha)
    if alpha >= 0.9:
        return _("信度 %(value)s，高：分数稳定，可以据此评价个人。", value=value)
    if alpha >= 0.8:
        return _("信度 %(value)s，较高：分数比较稳定，合格线附近的人要留有余地。", value=value)
    if alpha >= 0.7:
        return _("信度 %(value)s，一般：比较单位之间够用，评价个人要谨慎。", value=value)
    return _("信度 %(value)s，偏低：题少、题目太容易或者人与人差别小时常见；分数差几分说明不了什么，合格线附近的人要谨慎。", value=value)


def error_sentence(sem: float | None) -> str:
    if sem is None:
        return ""
    return _("测量误差 %(sem)s 分：约三分之二的人，卷面分数与真实水平相差不超过这么多。", sem=f"{sem:.1f}")


def prediction_sentence(forms: Sequence[Mapping[str, Any]], expected: Mapping[int, float | None]) -> str:
    """How far what came of a form lies from what was predicted when it was made, of the form farthest off. "" without
    predictions, and of forms with too few people."""
    told = [(form["share"] - known, form["number"], form["share"], known) for form in forms
            if form["people"] >= ENOUGH and (known := expected.get(form["number"])) is not None]
    if not told:
        return ""
    off, number, share, known = max(told, key=lambda one: (abs(one[0]), -one[1]))
    values = {"number": number, "expected": f"{known:.3f}", "share": f"{share:.3f}",
              "off": f"{abs(round(share, 3) - round(known, 3)):.3f}"}
    if values["expected"] == values["share"]:
        return _("各卷的平均得分率与组卷时预计的一样。")
    if off > 0:
        return _("与组卷时预计的相比，第 %(number)s 卷相差最多：预计 %(expected)s，实际 %(share)s，高 %(off)s。", **values)
    return _("与组卷时预计的相比，第 %(number)s 卷相差最多：预计 %(expected)s，实际 %(share)s，低 %(off)s。", **values)


def forms_sentence(forms: Sequence[Mapping[str, Any]]) -> str:
    """Whether the forms turned out equally hard. Two shares differ when they lie more than two standard errors apart."""
    told = [form for form in forms if form["people"] >= ENOUGH and form["sd"] is not None]
    if len(forms) < 2:
        return _("只有一份卷，没有卷与卷之间的差别。")
    if len(told) < 2:
        return _("每份卷的人数太少，还不能比较各卷的难度（每份至少要 %(least)s 人）。", least=ENOUGH)
    easy, hard = max(told, key=lambda form: form["share"]), min(told, key=lambda form: form["share"])
    gap = easy["share"] - hard["share"]
    error = sum((form["sd"] / form["total"]) ** 2 / form["people"] for form in (easy, hard)) ** 0.5
    values = {"easy": easy["number"], "hard": hard["number"], "gap": decimal(gap)}
    if gap > 0.02 and gap > 2 * error:
        return _("各卷难度有差别：第 %(easy)s 卷比第 %(hard)s 卷的平均得分率高 %(gap)s，超出抽样误差。", **values)
    return _("各卷难度相当：平均得分率最多相差 %(gap)s（第 %(easy)s 卷与第 %(hard)s 卷），没有超出 0.02 或者抽样误差。", **values)
