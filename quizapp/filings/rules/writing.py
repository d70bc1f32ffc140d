"""The paragraphs that a filing opens with, written from facts alone, in the register of an official document.

Chinese: they are handed in. What the platform does not know is left as a marked blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from quizapp import clock
from quizapp.coverage.rules import FEW_ITEMS, Ground, Suggestion
from quizapp.filings.rules.content import BANK, UNITS, Fact, Row, Section
from quizapp.filings.rules.traces import BLANK
from quizapp.kernel.rates import Interval, Rate, show_marks
from quizapp.kernel.withholding import SMALL
from quizapp.reports.rules.ledger import Figures, Ledger, LedgerRow, Targets
from quizapp.reports.rules.report import ExamFacts
from quizapp.reports.rules.subjects import SubjectShare, added, weak_ones, weakest_first
from quizapp.reports.rules.tally import Tally

LEDGER, PLAN, ANSWERS, ROSTER, COVERAGE = "考试台账", "年度计划", "答卷统计", "应考名单和成绩", "法律覆盖"
MOST_CLOSED = 8  # named in the text; the facts have all
MOST_ADVICE = 3  # of one ground: a paragraph, not the list of the page
KINDS = {"online": "线上", "paper": "线下"}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Planned:
    """What the year's confirmed plan names besides exams; `confirmed` False where there is none."""

    confirmed: bool = False
    study_sessions: int | None = None
    campaigns: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


Closed = tuple[int, str]
"""Number and name of a unit that has been dissolved since the roster was taken."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What law coverage suggests, with the law and the article in words."""

    suggestion: Suggestion
    place: str


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


def exam_text(exam: ExamFacts, total: Tally, view: str, closed: Sequence[Closed]) -> tuple[tuple[Section, ...], tuple[Fact, ...]]:
    facts = Facts()
    sections = numbered([
        ("held", "考试组织情况", _held(exam, view, closed, facts)),
        ("results", "参考和合格情况", _results(total, facts)),
    ])
    return sections, facts.all()


def _held(exam: ExamFacts, view: str, closed: Sequence[Closed], facts: Facts) -> str:
    put = facts.put
    roster = f"应考名单截至{put('roster_as_of', '名单截至', _date(exam), ROSTER)}。" if exam.roster_as_of else ""
    return (
        f"《{put('title', '考试名称', exam.title, LEDGER)}》于{put('span', '考试时间', span(exam), LEDGER)}以"
        f"{KINDS.get(exam.kind, exam.kind)}方式举行，合格线{put('pass_mark', '合格线', show_marks(exam.pass_mark), LEDGER)}分，"
        f"优秀线{put('excellence_mark', '优秀线', show_marks(exam.excellence_mark), LEDGER)}分。{roster}{'本次考试没有补考。' if view == '没有补考' else f'统计范围：{view}。'}"
        f"{_closed(closed, facts)}"
    )


def _closed(closed: Sequence[Closed], facts: Facts) -> str:
    """Units that have been dissolved since, in a paragraph of their own, in the words of the report page."""
    if not closed:
        return ""
    names = [facts.put(f"closed_{number}", "名单固定以后撤销的单位", name, UNITS) for number, name in closed]
    more = f"等{facts.put('closed', '名单固定以后撤销的单位数', len(names), UNITS)}个单位" if len(names) > MOST_CLOSED else ""
    return f"\n{'、'.join(names[:MOST_CLOSED])}{more}在名单固定以后撤销：按名单日期的隶属关系照旧计一次，不并入别的单位。"


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


def notice_text(exam: ExamFacts, total: Tally, view: str, closed: Sequence[Closed], rows: Sequence[Row], columns: Mapping[str, int],
                mode: str, threshold: Decimal) -> tuple[tuple[Section, ...], tuple[Fact, ...]]:
    """`mode`: plain, organisers (units that reach the threshold on both rates) or rank."""
    facts = Facts()
    sections = [("held", "考试组织情况", _held(exam, view, closed, facts)), ("results", "参考和合格情况", _results(total, facts))]
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


def year_text(ledger: Ledger, planned: Planned, subjects: Sequence[SubjectShare], advice: Sequence[Advice],
              closed: Sequence[Closed], now: datetime) -> tuple[tuple[Section, ...], tuple[Fact, ...]]:
    """The law-study paragraphs of the yearly report."""
    facts = Facts()
    facts.put("year", "年度", str(ledger.year), LEDGER)
    sections = numbered([
        ("exams", "考试组织情况", _exams(ledger, now, facts) + _closed(closed, facts)),
        ("results", "参考和合格情况", _year_results(ledger, now, facts)),
        ("study", "集体学法情况", _study(planned, facts)),
        ("campaigns", "法治宣传活动情况", _campaigns(planned, ledger.ended(now), facts)),
        ("subjects", "各科目掌握情况", _subjects(subjects, facts)),
        ("shortcomings", "存在的不足", _shortcomings(ledger, now, subjects, facts)),
        ("next", "下一年度工作建议", _suggestions(ledger, now, subjects, advice, facts)),
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


def told(subjects: Sequence[SubjectShare]) -> list[SubjectShare]:
    """Subjects of which a rate may be named: enough people were asked about them."""
    return [one for one in subjects if one.share.people >= SMALL and one.share.possible]


def weak(subjects: Sequence[SubjectShare]) -> list[SubjectShare]:
    """The subjects that reports call weak, of those that may be named."""
    return weak_ones(told(subjects), added(one.share for one in subjects))


def _subjects(subjects: Sequence[SubjectShare], facts: Facts) -> str:
    named = weakest_first(told(subjects))
    if len(named) < 2:  # one subject is the whole, and has nothing to be compared with
        return f"本年度没有足够的线上答卷，各科目掌握情况没有统计。{BLANK}"
    count = facts.put("subjects", "统计的科目", len(named), ANSWERS)
    overall = facts.put("share", "全部科目的得分率（得分 ÷ 满分）", added(one.share for one in subjects).rate, ANSWERS)
    level = facts.put("confidence", "区间的置信水平", "95%", "口径说明")
    found = weak(subjects)
    said = (f"偏弱的科目有：{'、'.join(f'{one.name}（{_share(one, level, facts)}）' for one in found)}" if found
            else "没有科目的区间整个低于全部科目的得分率，看不出哪一科偏弱")
    best = named[-1]
    return (f"按计入首考成绩的线上答卷统计，涉及{count}个科目，全部科目的得分率（得分÷满分）为{overall}。各科目的得分率由考到的题目估计，"
            f"区间整个低于全部科目得分率的为偏弱。{said}。得分率最高的科目为{best.name}（{_share(best, level, facts)}）。")


def _share(one: SubjectShare, level: str, facts: Facts) -> str:
    """The rate of a subject with its interval: it is an estimate from the questions that were asked."""
    rate = facts.put(f"share_{one.name}", f"{one.name}的得分率（得分 ÷ 满分）", one.share.rate, ANSWERS)
    interval = one.share.interval
    between = "" if interval is None else facts.put(f"interval_{one.name}", f"{one.name}的得分率的{level}区间", _ends(interval), ANSWERS)
    return f"得分率{rate}，{level}区间{between}" if between else f"得分率{rate}"


def _ends(interval: Interval) -> str:
    return f"{interval.low}%至{interval.high}%"


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
    if low := weak(subjects):
        found.append(f"对{'、'.join(one.name for one in low)}掌握不够扎实")
    return ("；".join(found) + "。" if found else "") + f"其他不足：{BLANK}。"


def _suggestions(ledger: Ledger, now: datetime, subjects: Sequence[SubjectShare], advice: Sequence[Advice], facts: Facts) -> str:
    found = []
    if low := weak(subjects):
        found.append(f"把{'、'.join(one.name for one in low)}列为{ledger.year + 1}年学法重点，组织专题学习，并在考试中安排相应试题")
        facts.put("next_year", "下一年度", str(ledger.year + 1), LEDGER)
    if ledger.not_yet:
        found.append(f"督促没有参加考试的{facts.put('not_yet', '应参加而没有参加任何考试的人员', ledger.not_yet, LEDGER)}人参加补考或者下一次考试")
    if _missed(ledger.total(now), ledger.targets, facts):
        found.append("对照没有达到的指标逐项查找原因，明确改进措施")
    listed = "".join(f"{NUMBERED[place]}{one}。" for place, one in enumerate(found)) if len(found) > 1 else "".join(f"{one}。" for one in found)
    paragraphs = [listed, _of_coverage(advice, facts), f"其他建议：{BLANK}。"] if advice else [f"{listed}其他建议：{BLANK}。"]
    return "\n".join(part for part in paragraphs if part)


def _of_coverage(advice: Sequence[Advice], facts: Facts) -> str:
    """The first of each ground, in a paragraph of their own."""
    parts = []
    for ground, start, end in GROUNDS:
        of_ground = [one for one in advice if one.suggestion.ground == ground][:MOST_ADVICE]
        if of_ground:
            parts.append(f"{start}{'；'.join(_one_advice(one, facts) for one in of_ground)}{end}。")
    return f"按法律覆盖统计：{''.join(parts)}"


GROUNDS: tuple[tuple[Ground, str, str], ...] = (
    ("wrong", "答错较多、建议列为重点的法条有", ""),
    ("not_asked", "列入学法内容而考试没有考到的有", "，建议安排试题"),
    ("no_items", "列入学法内容而题库没有试题的有", "，建议先补充试题"),
)


def _one_advice(one: Advice, facts: Facts) -> str:
    line, ground = one.suggestion.line, one.suggestion.ground
    key = f"{line.law}_{line.article}"
    place = facts.put(f"{ground}_{key}", "建议涉及的法律或者法条", one.place, COVERAGE if ground == "wrong" else BANK)
    if ground == "no_items":
        return place
    stock = facts.put(f"bank_{key}", f"{one.place}的已发布试题", line.bank, BANK)
    if ground == "not_asked":
        return f"{place}（题库有{stock}题）"
    marked = facts.put(f"marked_{key}", f"{one.place}的作答人次", line.count.marked, COVERAGE)
    rate = facts.put(f"wrong_rate_{key}", f"{one.place}的答错比例（没有得满分 ÷ 作答）", line.count.wrong, COVERAGE)
    said = f"作答{marked}人次，答错{rate}"
    if line.count.interval is not None:
        level = facts.put("confidence", "区间的置信水平", "95%", "口径说明")
        said += f"，{level}区间{facts.put(f'wrong_interval_{key}', f'{one.place}的答错比例的区间', _ends(line.count.interval), COVERAGE)}"
    taught = "" if line.taught else "，本年度没有列入学法内容"
    return f"{place}（{said}{taught}；题库{'只有' if line.bank < FEW_ITEMS else '有'}{stock}题{'，先补题' if line.bank < FEW_ITEMS else ''}）"


NUMBERED = ("一是", "二是", "三是", "四是")
