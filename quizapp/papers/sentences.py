"""Why the bank cannot fill forms, and how alike those are that it filled, in words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from quizapp.i18n import N_, _, pick
from quizapp.papers.rules.blueprint import Shortage
from quizapp.papers.rules.comparison import FormLine, apart
from quizapp.papers.rules.refusal import Reason, Refusal
from quizapp.papers.rules.stock import Order
from quizapp.questions import queries as questions
from quizapp.questions.rules.names import DIFFICULTY_NAMES, TYPE_NAMES

SENTENCES: dict[Reason, str] = {
    "rows": N_("题库不够组卷：%(rows)s。请减少题数，或者补充题目后再发布"),
    "enemies": N_("题库不够组卷：互相泄露答案的题不能放在同一份卷上，这样算来%(rows)s。请减少题数，或者补充题目后再发布"),
    "uses": N_("一道题最多用在 %(uses)s 份卷上，题库不够组 %(forms)s 份卷：%(rows)s。请减少份数、放宽这个限制，或者补充题目后再发布"),
    "none_shared": N_("任意两份卷都不共用题目，题库不够组 %(forms)s 份卷：%(rows)s。请减少份数、放宽这个限制，或者补充题目后再发布"),
    "shared": N_("任意两份卷最多共用 %(shared)s 题，现有题库做不到：%(forms)s 份卷里总有两份至少要共用 %(least)s 题。请减少份数、放宽这个限制，或者补充题目后再发布"),
    "too_hard": N_("没有找到预计得分率相差不超过 0.02 的 %(forms)s 份卷；不看得分率可以组成。请减少份数、放宽共用题数和使用份数的限制，或者补充题目后再发布"),
    "too_shared": N_("没有找到任意两份最多共用 %(shared)s 题的 %(forms)s 份卷；不限共用题数可以组成。请减少份数、放宽这个限制，或者补充题目后再发布"),
    "too_used": N_("没有找到一道题最多用在 %(uses)s 份卷上的 %(forms)s 份卷；不限使用份数可以组成。请减少份数、放宽这个限制，或者补充题目后再发布"),
    "too_much": N_("没有找到满足全部限制的 %(forms)s 份卷。请减少份数、放宽共用题数和使用份数的限制，或者补充题目后再发布"),
}


def expected_words(lines: Sequence[FormLine]) -> str:
    """How much easier one form is expected to be than another, as it was predicted when they were made."""
    found = apart(lines)
    if found is None:
        return _("没有预计得分率：组卷时题目还没有作答统计，或者试卷是旧版本组的。")
    if len(lines) == 1:
        return _("预计得分率 %(share)s，是组卷时按以前的作答算的。", share=f"{found.high:.3f}")
    if f"{found.high:.3f}" == f"{found.low:.3f}":
        return _("各卷预计得分率相同，都是 %(share)s，是组卷时按以前的作答算的。", share=f"{found.high:.3f}")
    return _("各卷预计得分率最多相差 %(gap)s：第 %(easy)s 份 %(high)s，第 %(hard)s 份 %(low)s，是组卷时按以前的作答算的。",
             gap=f"{round(found.high, 3) - round(found.low, 3):.3f}", easy=found.easy, high=f"{found.high:.3f}", hard=found.hard,
             low=f"{found.low:.3f}")


def refusal_words(session: Session, refusal: Refusal, order: Order) -> tuple[str, dict[str, object]]:
    """The sentence to be translated, and its values."""
    for_all = refusal.reason in ("uses", "none_shared")
    return SENTENCES[refusal.reason], {
        "rows": shortage_words(session, refusal.short, for_all=for_all), "forms": order.forms, "least": refusal.least,
        "shared": order.max_shared, "uses": order.max_uses,
    }


def shortage_words(session: Session, short: Sequence[Shortage], *, for_all: bool = False) -> str:
    """The rows that fall short, in words: of one form, or `for_all` forms together."""
    names = {subject.code: pick(subject.name, subject.name_en) for subject in questions.subjects(session)}
    return _("；").join(_row_words(shortage, names, for_all) for shortage in short)


def _row_words(shortage: Shortage, names: dict[str, str], for_all: bool) -> str:
    cell = shortage.cell
    values = {"subject": names.get(cell.subject or "", _("任意科目")), "type": _(TYPE_NAMES[cell.type]),
              "count": cell.count, "missing": shortage.missing}
    if cell.difficulty is None:
        if for_all:
            return _("%(subject)s%(type)s每份要 %(count)s 道，题库少 %(missing)s 道", **values)
        return _("%(subject)s%(type)s要 %(count)s 道，少 %(missing)s 道", **values)
    values["difficulty"] = _(DIFFICULTY_NAMES[cell.difficulty])
    if for_all:
        return _("%(subject)s%(type)s（%(difficulty)s）每份要 %(count)s 道，题库少 %(missing)s 道", **values)
    return _("%(subject)s%(type)s（%(difficulty)s）要 %(count)s 道，少 %(missing)s 道", **values)
