"""The paragraphs that a filing opens with, written from facts alone, in the register of an official document.

Chinese: they are handed in. What the platform does not know is left as a marked blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from quizapp import clock
from quizapp.filings.rules.content import Fact, Row, Section
from quizapp.filings.rules.traces import BLANK
from quizapp.kernel.rates import Rate, show_marks
from quizapp.reports.rules.ledger import Figures, Ledger, LedgerRow, Targets
from quizapp.reports.rules.report import ExamFacts
from quizapp.reports.rules.tally import Tally

LEDGER, PLAN, ANSWERS, ROSTER = "考试台账", "年度计划", "答卷统计", "应考名单和成绩"
KINDS = {"online": "线上", "paper": "线下"}
WEAKEST = 3
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class SubjectShare:
    """What was got of the marks of a subject, in hundredths of a mark, over `people` distinct persons."""

    name: str
    gained: int
    possible: int
    people: int

    @property
    def share(self) -> Rate:
        return Rate(self.gained, self.possible)


@dataclass(frozen=True, slots=True)
class Planned:
    """What the year's confirmed plan names besides exams; `confirmed` False where there is none."""

    confirmed: bool = False
    study_sessions: int | None = None
    campaigns: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass
class Facts:
    """Gathers facts while the text is written: what is quoted is traced."""

    found: dict[str, Fact] = field(default_factory=dict)

    def put(self, key: str, label: str, value: object, source: str) -> str:
        text = f"{value:,}" if isinstance(value, int) else str(value)
        self.found[key] = Fact(key, label, text, source)
        return text

    def all(self) -> tuple[Fact, ...]:
        return tuple(self.found.values())


def day(moment: datetime) -> str:
    local = clock.to_local(moment)
    return f"{local.year}年{local.month}月{local.day}日"


def span(exam: ExamFacts) -> str:
    opens, closes = clock.to_local(exam.opens_at), clock.to_local(exam.closes_at)
    if opens.date() == closes.date():
        return day(exam.opens_at)
    end = f"{closes.month}月{closes.day}日" if closes.year == opens.year else day(exam.closes_at)
    return f"{day(exam.opens_at)}至{end}"


def numbered(sections: Sequence[tuple[str, str, str]]) -> tuple[Section, ...]:
    """Key, heading and text, with 一、二、三 in front of the headings."""
    return tuple(Section(key, f"{NUMERALS[place]}、{heading}", text) for place, (key, heading, text) in enumerate(sections))


# ---------------------------------------------------------------- one exam


def exam_text(exam: ExamFacts, total: Tally, view: str) -> tuple[tuple[Section, ...], tuple[Fact, ...]]:
    facts = Facts()
    sections = numbered([
        ("held", "考试组织情况", _held(exam, view, facts)),
        ("results", "参考和合格情况", _results(total, facts)),
    ])
    return sections, facts.all()


def _held(exam: ExamFacts, view: str, facts: Facts) -> str:
    put = facts.put
    roster = f"应考名单截至{put('roster_as_of', '名单截至', _date(exam), ROSTER)}。" if exam.roster_as_of else ""
    return (
        f"《{put('title', '考试名称', exam.title, LEDGER)}》于{put('span', '考试时间', span(exam), LEDGER)}以"
        f"{KINDS.get(exam.kind, exam.kind)}方式举行，合格线{put('pass_mark', '合格线', show_marks(exam.pass_mark), LEDGER)}分，"
        f"优秀线{put('excellence_mark', '优秀线', show_marks(exam.excellence_mark), LEDGER)}分。{roster}{'本次考试没有补考。' if view == '没有补考' else f'统计范围：{view}。'}"
    )


def _date(exam: ExamFacts) -> str:
    return f"{exam.roster_as_of.year}年{exam.roster_as_of.month}月{exam.roster_as_of.day}日" if exam.roster_as_of else ""


def _results(total: Tally, facts: Facts) -> str:
    put = facts.put
    text = (
        f"名单内{put('on_roster', '名单人数', total.on_roster, ROSTER)}人，其中批准免考{put('excused', '免考', total.excused, ROSTER)}人、"
        f"缓考{put('deferred', '缓考', total.deferred, ROSTER)}人，应考{put('expected', '应考', total.expected, ROSTER)}人。"
        f"实考{put('sat', '实考', total.sat, ROSTER)}人，未考{put('absent', '未考', total.absent, ROSTER)}人，"
        f"参考率{put('participation', '参考率（实考 ÷ 应考）', total.participation, ROSTER)}（实考÷应考）。\n"
        f"合格{put('passed', '合格', total.passed, ROSTER)}人，合格率{put('pass_of_expected', '合格率（合格 ÷ 应考）', total.pass_of_expected, ROSTER)}"
        f"（合格÷应考）、{put('pass_of_sat', '合格率（合格 ÷ 实考）', total.pass_of_sat, ROSTER)}（合格÷实考）；"
        f"优秀{put('excellent', '优秀', total.excellent, ROSTER)}人，优秀率{put('excellence_of_sat', '优秀率（优秀 ÷ 实考）', total.excellence_of_sat, ROSTER)}（优秀÷实考）。"
    )
    if total.mean is not None:
        text += f"实考人员平均分{put('mean', '平均分', total.mean, ROSTER)}分。"
    if total.unmarked:
        text += f"另有{put('unmarked', '待评分', total.unmarked, ROSTER)}人的答卷还在评分，没有计入合格、优秀和平均分。"
    return text


# ---------------------------------------------------------------- a notice of results


def notice_text(exam: ExamFacts, total: Tally, view: str, rows: Sequence[Row], columns: Mapping[str, int], mode: str,
                threshold: Decimal) -> tuple[tuple[Section, ...], tuple[Fact, ...]]:
    """`mode`: plain, organisers (units that reach the threshold on both rates) or rank."""
    facts = Facts()
    sections = [("held", "考试组织情况", _held(exam, view, facts)), ("results", "参考和合格情况", _results(total, facts))]
    if mode == "organisers":
        sections.append(("organisers", "组织情况较好的单位", _organisers(rows, columns, threshold, facts)))
    elif mode == "rank":
        sections.append(("units", "各单位情况", "各单位按合格率（合格÷应考）由高到低排列，见附件；比率相同的位次相同。人数少于5人的单位合并列出，不参加排列。"))
    else:
        sections.append(("units", "各单位情况", "各单位情况按名册顺序列于附件，不作排名。人数少于5人的单位合并列出。"))
    if total.absent or total.failed:
        failed = facts.put("failed", "未合格", total.failed, ROSTER)
        sections.append(("next", "有关要求", f"未参加考试的{total.absent:,}人、没有合格的{failed}人，由所在单位督促学习。"))
    facts.put("small", "合并列出的人数线", "5", "口径说明")
    return numbered(sections), facts.all()


def _organisers(rows: Sequence[Row], columns: Mapping[str, int], threshold: Decimal, facts: Facts) -> str:
    line = facts.put("threshold", "点名的标准", f"{show_marks(threshold)}%", "本次选择")
    named = [row.name for row in rows if row.kind == "unit" and reaches(row, columns, threshold)]
    rule = f"参考率（实考÷应考）和合格率（合格÷应考）都达到{line}"
    if not named:
        return f"没有单位{rule}。"
    count = facts.put("named", "点名的单位", len(named), ROSTER)
    return f"{rule}的单位有{count}个（按名册顺序）：{'、'.join(named)}。人数少于5人的单位不单独列出。"


def reaches(row: Row, columns: Mapping[str, int], threshold: Decimal) -> bool:
    rates = [row.values[columns[key]] for key in ("participation", "pass_of_expected")]
    return all(isinstance(rate, Rate) and rate.percent is not None and rate.percent >= threshold for rate in rates)


# ---------------------------------------------------------------- the year


def year_text(ledger: Ledger, planned: Planned, subjects: Sequence[SubjectShare],
              now: datetime) -> tuple[tuple[Section, ...], tuple[Fact, ...]]:
    """The law-study paragraphs of the yearly report."""
    facts = Facts()
    facts.put("year", "年度", str(ledger.year), LEDGER)
    sections = numbered([
        ("exams", "考试组织情况", _exams(ledger, now, facts)),
        ("results", "参考和合格情况", _year_results(ledger, now, facts)),
        ("study", "集体学法情况", _study(planned, facts)),
        ("campaigns", "法治宣传活动情况", _campaigns(planned, ledger.ended(now), facts)),
        ("subjects", "各科目掌握情况", _subjects(subjects, facts)),
        ("shortcomings", "存在的不足", _shortcomings(ledger, now, subjects, facts)),
        ("next", "下一年度工作建议", _suggestions(ledger, now, subjects, facts)),
    ])
    return sections, facts.all()


def _exams(ledger: Ledger, now: datetime, facts: Facts) -> str:
    put, rows = facts.put, ledger.ended(now)
    online, paper = ledger.held("online", now), ledger.held("paper", now)
    text = (f"{ledger.year}年，共组织学法用法考试{put('exams_total', '已经结束的考试', len(rows), LEDGER)}次，其中线上"
            f"{put('exams_online', '线上考试', online, LEDGER)}次、线下{put('exams_offline', '线下考试', paper, LEDGER)}次。")
    text += _against_plan(ledger.targets, facts)
    if rows:
        held = "；".join(f"《{put(f'title_{row.exam.id}', '考试名称', row.exam.title, LEDGER)}》（"
                        f"{put(f'span_{row.exam.id}', '考试时间', span(row.exam), LEDGER)}，{KINDS.get(row.exam.kind, '')}）" for row in rows)
        text += f"\n各次考试依次为：{held}。"
    make_ups = sum(len(row.make_ups) for row in rows)
    if make_ups:
        text += f"另组织补考{put('make_ups', '补考', make_ups, LEDGER)}次，成绩并入首考统计。"
    running = len(ledger.rows) - len(rows)
    if running:
        text += f"还有{put('running', '没有结束的考试', running, LEDGER)}次考试没有结束，没有计入本报告。"
    return text


def _against_plan(targets: Targets | None, facts: Facts) -> str:
    if targets is None or not targets.confirmed:
        return ""
    parts = [f"{word}{facts.put(f'plan_{key}', f'计划的{word}考试', value, PLAN)}次"
             for key, word, value in (("online", "线上", targets.online), ("offline", "线下", targets.offline)) if value is not None]
    if not parts and targets.total is not None:
        parts = [f"{facts.put('plan_total', '计划的考试', targets.total, PLAN)}次"]
    return f"年度计划安排{'、'.join(parts)}。" if parts else ""


def _year_results(ledger: Ledger, now: datetime, facts: Facts) -> str:
    put, total, rows = facts.put, ledger.total(now), ledger.ended(now)
    if not total.expected:
        return f"没有已经结束的考试可以统计。{BLANK}"
    text = (
        f"全年应参加考试{put('people', '应参加考试的人员（不重复计）', ledger.people, LEDGER)}人（不重复计），至少参加一次的"
        f"{put('taken_part', '至少参加一次的人员', ledger.taken_part, LEDGER)}人。已结束的考试应考{put('expected', '应考', total.expected, LEDGER)}人次，"
        f"实考{put('sat', '实考', total.sat, LEDGER)}人次，参考率{put('participation', '参考率（实考 ÷ 应考）', total.participation, LEDGER)}（实考÷应考）；"
        f"合格{put('passed', '合格', total.passed, LEDGER)}人次，合格率{put('pass_of_expected', '合格率（合格 ÷ 应考）', total.pass_of_expected, LEDGER)}（合格÷应考）、"
        f"{put('pass_of_sat', '合格率（合格 ÷ 实考）', total.pass_of_sat, LEDGER)}（合格÷实考）；优秀{put('excellent', '优秀', total.excellent, LEDGER)}人次，"
        f"优秀率{put('excellence_of_sat', '优秀率（优秀 ÷ 实考）', total.excellence_of_sat, LEDGER)}（优秀÷实考）。"
    )
    if len(rows) > 1:
        text += "\n其中：" + "；".join(_one(row, facts) for row in rows) + "。"
    return text


def _one(row: LedgerRow, facts: Facts) -> str:
    number, figures = row.exam.id, row.figures
    return (
        f"《{row.exam.title}》应考{facts.put(f'expected_{number}', f'应考（{row.exam.title}）', figures.expected, LEDGER)}人，"
        f"参考率{facts.put(f'participation_{number}', f'参考率（{row.exam.title}）', figures.participation, LEDGER)}，"
        f"合格率{facts.put(f'pass_{number}', f'合格率（合格 ÷ 应考，{row.exam.title}）', figures.pass_of_expected, LEDGER)}（合格÷应考）"
    )


def _study(planned: Planned, facts: Facts) -> str:
    # the platform keeps no record of sessions held: how many there were is for a person to say
    plan = ""
    if planned.study_sessions is not None:
        plan = f"年度计划安排集体学法{facts.put('plan_sessions', '计划的集体学法', planned.study_sessions, PLAN)}次。"
    return f"{plan}全年实际开展集体学法{BLANK}次，参加{BLANK}人次，主要内容为{BLANK}。"


def _campaigns(planned: Planned, rows: Sequence[LedgerRow], facts: Facts) -> str:
    for place, name in enumerate(planned.campaigns, 1):
        facts.put(f"campaign_{place}", "计划的宣传活动", name, PLAN)
    held = _held_in(planned, rows, facts)
    if not planned.campaigns:
        return f"{held}全年开展的法治宣传活动有：{BLANK}。"
    return f"年度计划列明的宣传活动有：{'；'.join(planned.campaigns)}。{held}实际开展情况：{BLANK}。"


def _held_in(planned: Planned, rows: Sequence[LedgerRow], facts: Facts) -> str:
    """The exams that were held as a part of each campaign: those of the plan, then others that exams name."""
    named = dict.fromkeys([*planned.campaigns, *(row.exam.campaign for row in rows if row.exam.campaign)])
    said = []
    for place, name in enumerate(named, 1):
        exams = [row.exam for row in rows if row.exam.belongs_to(name)]
        if exams:
            campaign = facts.put(f"campaign_held_{place}", "组织了考试的宣传活动", name, LEDGER)
            count = facts.put(f"campaign_exams_{place}", f"结合{name}组织的考试", len(exams), LEDGER)
            titles = "、".join(f"《{facts.put(f'title_{exam.id}', '考试名称', exam.title, LEDGER)}》" for exam in exams)
            said.append(f"结合{campaign}组织考试{count}次：{titles}")
    return f"{'；'.join(said)}。" if said else ""


def weakest(subjects: Sequence[SubjectShare]) -> list[SubjectShare]:
    """The lowest shares of marks, at most three, and never all there are."""
    ordered = sorted(subjects, key=lambda one: (Decimal(one.gained) / one.possible, one.name))
    return ordered[: min(WEAKEST, len(ordered) // 2)]


def _subjects(subjects: Sequence[SubjectShare], facts: Facts) -> str:
    weak = weakest(subjects)
    if not weak:
        return f"本年度没有足够的线上答卷，各科目掌握情况没有统计。{BLANK}"
    count = facts.put("subjects", "统计的科目", len(subjects), ANSWERS)
    listed = "、".join(f"{one.name}（得分率{facts.put(f'share_{one.name}', f'{one.name}的得分率（得分 ÷ 满分）', one.share, ANSWERS)}）" for one in weak)
    strong = max(subjects, key=lambda one: (Decimal(one.gained) / one.possible, one.name))
    best = facts.put(f"share_{strong.name}", f"{strong.name}的得分率（得分 ÷ 满分）", strong.share, ANSWERS)
    return (f"按计入成绩的线上答卷统计，涉及{count}个科目。得分率（得分÷满分）较低的科目依次为：{listed}；"
            f"得分率最高的科目为{strong.name}（{best}）。")


def _missed(total: Figures, targets: Targets | None, facts: Facts) -> list[str]:
    if targets is None or not targets.confirmed:
        return []
    pairs = (("participation", "参考率", total.participation, targets.participation),
             ("pass_rate", "合格率（合格÷应考）", total.pass_of_expected, targets.pass_rate))
    missed = []
    for key, word, rate, target in pairs:
        if target is None or rate.percent is None or rate.percent >= target:
            continue
        goal = facts.put(f"target_{key}", f"计划的{word}", f"{show_marks(target)}%", PLAN)
        missed.append(f"{word}为{rate}，没有达到年度计划的{goal}")
    return missed


def _shortcomings(ledger: Ledger, now: datetime, subjects: Sequence[SubjectShare], facts: Facts) -> str:
    found = _missed(ledger.total(now), ledger.targets, facts)
    if ledger.not_yet:
        found.append(f"有{facts.put('not_yet', '应参加而没有参加任何考试的人员', ledger.not_yet, LEDGER)}人应参加而没有参加任何一次考试")
    if weak := weakest(subjects):
        found.append(f"{'、'.join(one.name for one in weak)}等科目掌握不够扎实")
    return ("；".join(found) + "。" if found else "") + f"其他不足：{BLANK}。"


def _suggestions(ledger: Ledger, now: datetime, subjects: Sequence[SubjectShare], facts: Facts) -> str:
    found = []
    if weak := weakest(subjects):
        found.append(f"把{'、'.join(one.name for one in weak)}列为{ledger.year + 1}年学法重点，组织专题学习，并在考试中安排相应试题")
        facts.put("next_year", "下一年度", str(ledger.year + 1), LEDGER)
    if ledger.not_yet:
        found.append(f"督促没有参加考试的{facts.put('not_yet', '应参加而没有参加任何考试的人员', ledger.not_yet, LEDGER)}人参加补考或者下一次考试")
    if _missed(ledger.total(now), ledger.targets, facts):
        found.append("对照没有达到的指标逐项查找原因，明确改进措施")
    listed = "".join(f"{NUMBERED[place]}{one}。" for place, one in enumerate(found)) if len(found) > 1 else "".join(f"{one}。" for one in found)
    return f"{listed}其他建议：{BLANK}。"


NUMBERED = ("一是", "二是", "三是", "四是")
