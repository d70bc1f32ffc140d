"""From a report that was read to the facts that an administrator is asked to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from quizapp.plans.rules.facts import Fact, Report
from quizapp.plans.rules.fields import FIELDS

# why a value needs a person: its code is kept with the fact
REASONS = {
    "head_count": "原文写的是人数，按参考率理解",
    "people": "原文没有写比率，由人数算出",
    "sum": "原文没有写合计，由线上和线下相加得出",
    "several": "原文分几处写，相加得出",
    "values": "原文有几个不同的数值，请只留一个",
    "mismatch": "合计与线上、线下之和不一致",
    "none_held": "原文写没有单独组织，按没有举行理解",
    "wording": "原文没有直接写出这个数，由文字推断",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact of the plan as it will be kept. `value` is {"v": value} with what else belongs to it:
    `why` (a code of REASONS), `places` (more evidence), `kind` and `count` of a title, `activities` of a campaign.
    """

    field: str
    value: dict[str, Any]
    literal: str
    sentence: str
    start: int
    end: int
    interpreted: bool


def proposals(report: Report, codes: Mapping[str, str]) -> list[Proposal]:
    """Everything of the report that a plan keeps, in the order of the fields.

    `codes` gives the code of each subject name; a name without one stays as text.
    """
    by_field: dict[str, list[Fact]] = {name: [] for name in FIELDS}
    for fact in report.facts:
        by_field.setdefault(fact.field, []).append(fact)
    totals = {"exams_online": report.exams.online, "exams_offline": report.exams.offline,
              "exams_total": report.exams.total, "study_sessions": report.study_sessions}
    found: list[Proposal] = []
    for field in FIELDS:
        facts = by_field[field]
        if not facts:
            continue
        if field in totals:
            found.append(_together(facts, totals[field]))
        elif FIELDS[field].single:
            found += _rates(facts)
        else:
            found += [_listed(fact, report, codes) for fact in facts]
    return _mistrusted(found, report)


def _together(facts: Sequence[Fact], value: int | None) -> Proposal:
    """One figure from all the places that it comes from."""
    first = facts[0]
    more: dict[str, Any] = {"v": value}
    if len(facts) > 1:
        more["places"] = [{"literal": f.literal, "start": f.start, "end": f.end} for f in facts[1:]]
    interpreted = any(fact.interpreted for fact in facts)
    if interpreted:
        more["why"] = _why_count(first, len(facts))
    return Proposal(first.field, more, first.literal, first.sentence, first.start, first.end, interpreted)


def _why_count(fact: Fact, places: int) -> str:
    if places > 1:
        return "several"
    if fact.value == 0:
        return "none_held"
    return "sum" if fact.field == "exams_total" else "wording"


def _rates(facts: Sequence[Fact]) -> list[Proposal]:
    several = len({fact.value for fact in facts}) > 1
    found = []
    for fact in facts:
        value: dict[str, Any] = {"v": fact.value}
        if several or fact.interpreted:
            value["why"] = "values" if several else _why_rate(fact)
        found.append(Proposal(fact.field, value, fact.literal, fact.sentence, fact.start, fact.end,
                              several or fact.interpreted))
    return found


def _why_rate(fact: Fact) -> str:
    if "%" in fact.literal or "百分" in fact.literal:
        return "head_count" if "人数" in fact.literal else "wording"
    return "people" if any(character.isdigit() for character in fact.literal) else "wording"


def _listed(fact: Fact, report: Report, codes: Mapping[str, str]) -> Proposal:
    value: dict[str, Any] = {"v": fact.value}
    if fact.field == "subject":
        value["v"] = codes.get(str(fact.value), fact.value)
    elif fact.field == "title":
        title = next(title for title in report.titles if title.title == fact.value)
        value |= {"kind": title.kind, "count": title.count}
    elif fact.field == "campaign":
        campaign = next(campaign for campaign in report.campaigns if campaign.name == fact.value)
        value["activities"] = [{"kind": a.kind, "literal": a.literal} for a in campaign.activities]
    elif fact.interpreted:
        value["why"] = "wording"
    return Proposal(fact.field, value, fact.literal, fact.sentence, fact.start, fact.end, fact.interpreted)


def _mistrusted(found: list[Proposal], report: Report) -> list[Proposal]:
    """Counts of exams that contradict each other are for a person to settle."""
    online, offline, total = report.exams.online, report.exams.offline, report.exams.total
    stated = (online or 0) + (offline or 0)
    both = online is not None and offline is not None
    if total is None or (stated == total if both else stated <= total):
        return found
    return [
        replace(one, interpreted=True, value={**one.value, "why": "mismatch"})
        if FIELDS[one.field].group == "exams" else one
        for one in found
    ]
