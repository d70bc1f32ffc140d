"""Acts on plans: taking a report in, drafting, deciding on facts, confirming."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.kernel.errors import ConflictError, InputError
from quizapp.plans import queries
from quizapp.plans.intake import Intake
from quizapp.plans.models import Plan, PlanFact, SourceReport
from quizapp.plans.rules.decisions import Decision, Standing, check_confirmable, doubled, settle
from quizapp.plans.rules.fields import FIELDS, typed_value

LONGEST_LITERAL = 500


def keep_report(session: Session, intake: Intake, *, person_id: int | None, now: datetime) -> SourceReport:
    """The report as it was read; the same file handed in again is the one that is there.

    One without a plan takes the new reading: subjects and terms may have changed since.
    """
    found = queries.report_by_hash(session, intake.sha256)
    if found is None:
        found = SourceReport(file_name=intake.file_name, sha256=intake.sha256, text=intake.text,
                             reading=intake.reading, person_id=person_id, created_at=now)
        _add(session, found)
    elif queries.plan_of_report(session, found.id) is None:
        found.text, found.reading = intake.text, intake.reading
    return found


def draft(session: Session, report: SourceReport, year: int, agency: str, *, now: datetime) -> Plan:
    """A draft from the report. Raises ConflictError when the year has a plan already."""
    if queries.plan_of_year(session, year) is not None:
        raise ConflictError("%(year)s 年已经有计划，请先决定是否用新报告代替", year=year)
    plan = Plan(year=year, agency=agency, report_id=report.id, state="draft", created_at=now)
    _add(session, plan)
    _propose(session, plan, report)
    return plan


def replace(session: Session, plan: Plan, report: SourceReport, agency: str) -> Plan:
    """The year's plan begun anew from another report: all its facts are proposed again."""
    session.execute(delete(PlanFact).where(PlanFact.plan_id == plan.id))
    plan.agency, plan.report_id = agency, report.id
    plan.state, plan.confirmed_at, plan.confirmed_by = "draft", None, None
    _propose(session, plan, report)
    return plan


def _add(session: Session, row: SourceReport | Plan) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ConflictError("这份报告正由另一个人读入，请稍后刷新") from error


def _propose(session: Session, plan: Plan, report: SourceReport) -> None:
    session.add_all(
        PlanFact(
            plan_id=plan.id, position=position, field=one["field"], value=one["value"],
            literal=one["literal"][:LONGEST_LITERAL], sentence=one["sentence"], start=one["start"], end=one["end"],
            interpreted=one["interpreted"],
        )
        for position, one in enumerate(report.reading["proposals"], 1)
    )
    session.flush()


class DecisionError(InputError):
    """Decisions that cannot be kept: `faults` has a sentence for each fact (by id) or new field (by name)."""

    def __init__(self, faults: Mapping[int | str, InputError]) -> None:
        self.faults = dict(faults)
        super().__init__("有 %(n)s 项填写不对，改正以后再保存；其余的填写都还在", n=len(faults))


def decide(
    session: Session, plan: Plan, decisions: Mapping[int, Decision], added: Mapping[str, str],
    subjects: Mapping[str, str],
) -> dict[str, Any]:
    """Settle facts by their ids and enter figures by hand; returns what changed, for the record.

    `added` maps a field to what was typed for it (several texts are several lines). Raises DecisionError, with
    nothing changed, when any of it cannot be read or a figure would have two values.
    """
    check_writable(plan)
    facts = queries.facts_of(session, plan.id)
    faults: dict[int | str, InputError] = {}
    settled: dict[int, tuple[str, dict[str, Any] | None]] = {}
    for fact in facts:
        if fact.id in decisions:
            try:
                settled[fact.id] = settle(fact.field, fact.value["v"], decisions[fact.id], subjects)
            except InputError as error:
                faults[fact.id] = error
    new = _typed(added, faults)
    faults |= _doubled(facts, settled, new)
    if faults:
        raise DecisionError(faults)
    changes = _write(facts, settled)
    for field, values in new.items():
        for value in values:
            add_fact(session, plan, field, value)
            changes[f"{field} +"] = {"before": None, "after": value}
    session.flush()
    return changes


def _typed(added: Mapping[str, str], faults: dict[int | str, InputError]) -> dict[str, list[Any]]:
    new: dict[str, list[Any]] = {}
    for field, text in added.items():
        lines = text.splitlines() if not FIELDS[field].single else [text]
        for line in lines:
            if not line.strip():
                continue
            try:
                value = typed_value(FIELDS[field], line)
            except InputError as error:
                faults[field] = error
            else:
                new.setdefault(field, []).append(value)
    return new


def _doubled(
    facts: list[PlanFact], settled: Mapping[int, tuple[str, dict[str, Any] | None]], new: Mapping[str, list[Any]]
) -> dict[int | str, InputError]:
    after = [
        Standing(fact.id, fact.field, (settled[fact.id][1] if fact.id in settled else fact.confirmed or {"v": None}) or
                 {"v": None}, fact.interpreted, False)
        for fact in facts
    ]
    standing = [Standing(one.key, one.field, one.value["v"], one.interpreted, one.open) for one in after]
    names = {-number: field for number, field in enumerate(new, 1)}
    standing += [Standing(key, field, new[field][0], False, False) for key, field in names.items()]
    return {
        names.get(key, key): InputError("%(label)s只能有一个数值，请把其余的选为不采用", label=label)
        for key, label in doubled(standing).items()
    }


def _write(
    facts: list[PlanFact], settled: Mapping[int, tuple[str, dict[str, Any] | None]]
) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for fact in facts:
        if fact.id not in settled or settled[fact.id] == (fact.state, fact.confirmed):
            continue
        before = (fact.state, fact.confirmed)
        fact.state, fact.confirmed = settled[fact.id]
        changes[f"{fact.field} {fact.id}"] = {"before": _words(*before), "after": _words(fact.state, fact.confirmed)}
    return changes


def _words(state: str, confirmed: dict[str, Any] | None) -> str:
    return state if confirmed is None else f"{state}: {confirmed['v']}"


def add_fact(session: Session, plan: Plan, field: str, value: Any) -> PlanFact:
    """A fact that the report does not have, entered by hand."""
    check_writable(plan)
    last = max((fact.position for fact in queries.facts_of(session, plan.id)), default=0)
    fact = PlanFact(plan_id=plan.id, position=last + 1, field=field, value={"v": None}, state="corrected",
                    confirmed={"v": value})
    session.add(fact)
    session.flush()
    return fact


def keep_literal(session: Session, plan: Plan) -> int:
    """Let every undecided fact stand that the report says outright; returns how many."""
    check_writable(plan)
    kept = [
        fact for fact in queries.facts_of(session, plan.id) if fact.state == "proposed" and not fact.interpreted
    ]
    for fact in kept:
        fact.state, fact.confirmed = "confirmed", {"v": fact.value["v"]}
    session.flush()
    return len(kept)


def undo(session: Session, plan: Plan) -> int:
    """Every fact of the report undecided again; what was entered by hand stays. Returns how many changed."""
    check_writable(plan)
    decided = [
        fact for fact in queries.facts_of(session, plan.id) if fact.state != "proposed" and fact.value["v"] is not None
    ]
    for fact in decided:
        fact.state, fact.confirmed = "proposed", None
    session.flush()
    return len(decided)


def confirm(session: Session, plan: Plan, *, person_id: int | None, now: datetime) -> Plan:
    """The plan as the base of its year; what the report says outright and nobody touched is let stand.

    Raises InputError while an interpreted fact is undecided or the numbers of exams contradict each other.
    """
    check_writable(plan)
    keep_literal(session, plan)
    check_confirmable(
        Standing(fact.id, fact.field, fact.confirmed["v"] if fact.confirmed else None, fact.interpreted,
                 fact.state == "proposed")
        for fact in queries.facts_of(session, plan.id)
    )
    plan.state, plan.confirmed_at, plan.confirmed_by = "confirmed", now, person_id
    session.flush()
    return plan


def reopen(session: Session, plan: Plan) -> Plan:
    """A confirmed plan as a draft again, its decisions kept."""
    if plan.state != "confirmed":
        raise ConflictError("这份计划还是草稿，可以直接修改")
    plan.state, plan.confirmed_at, plan.confirmed_by = "draft", None, None
    session.flush()
    return plan


def delete_draft(session: Session, plan: Plan) -> None:
    """Remove a draft; its report stays. Two persons' act: see `approving`."""
    check_writable(plan)
    session.execute(delete(PlanFact).where(PlanFact.plan_id == plan.id))
    session.delete(plan)
    session.flush()


def check_writable(plan: Plan) -> None:
    """Raises ConflictError for a confirmed plan."""
    if plan.state == "confirmed":
        raise ConflictError("计划已经确认，要修改请先重新打开核对")
