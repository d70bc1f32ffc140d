"""Reading plans."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import NotFoundError
from quizapp.plans.models import Plan, PlanFact, SourceReport
from quizapp.plans.rules.coverage import SubjectStock, stock
from quizapp.questions import queries as questions


def plan_for(session: Session, year: int) -> Plan | None:
    """The confirmed plan of a year."""
    return session.scalar(select(Plan).where(Plan.year == year, Plan.state == "confirmed").order_by(Plan.id).limit(1))


def facts_of(session: Session, plan_id: int) -> list[PlanFact]:
    """Every fact of a plan in the order of the report."""
    return list(session.scalars(select(PlanFact).where(PlanFact.plan_id == plan_id).order_by(PlanFact.position)))


def standing(facts: list[PlanFact], field: str) -> list[Any]:
    """The values of a field that the administrator let stand or put in place."""
    return [
        fact.confirmed["v"] for fact in facts
        if fact.field == field and fact.state in ("confirmed", "corrected") and fact.confirmed is not None
    ]


def targets(session: Session, year: int) -> dict[str, Decimal]:
    """`participation_target` and `pass_target` in per cent, as far as the year's plan sets them."""
    plan = plan_for(session, year)
    if plan is None:
        return {}
    facts = facts_of(session, plan.id)
    names = {"participation_target": "participation_rate", "pass_target": "pass_rate"}
    found = {name: standing(facts, field) for name, field in names.items()}
    return {name: Decimal(str(values[0])) for name, values in found.items() if values and values[0] is not None}


def subjects(session: Session, year: int) -> list[str]:
    """Codes of the subjects that the year's plan names."""
    plan = plan_for(session, year)
    return [] if plan is None else list(dict.fromkeys(standing(facts_of(session, plan.id), "subject")))


def campaigns(session: Session, year: int) -> list[str]:
    """The campaigns that the confirmed plan of the year names."""
    plan = plan_for(session, year)
    values = [] if plan is None else standing(facts_of(session, plan.id), "campaign")
    return list(dict.fromkeys(str(value) for value in values if value))


def get(session: Session, plan_id: int) -> Plan:
    """Raises NotFoundError."""
    found = session.get(Plan, plan_id)
    if found is None:
        raise NotFoundError("没有找到这份计划")
    return found


def fresh(session: Session, plan_id: int, *, lock: bool = False) -> Plan:
    """As it stands in the database at this moment, whatever this session remembers. `lock`: nobody else's to change
    until the end of the transaction. Raises NotFoundError."""
    found = session.get(Plan, plan_id, populate_existing=True, with_for_update=lock or None)
    if found is None:
        raise NotFoundError("没有找到这份计划")
    return found


def report(session: Session, report_id: int) -> SourceReport:
    """Raises NotFoundError."""
    found = session.get(SourceReport, report_id)
    if found is None:
        raise NotFoundError("没有找到这份报告")
    return found


def report_by_hash(session: Session, sha256: str) -> SourceReport | None:
    return session.scalar(select(SourceReport).where(SourceReport.sha256 == sha256))


def plan_of_report(session: Session, report_id: int) -> Plan | None:
    return session.scalar(select(Plan).where(Plan.report_id == report_id))


def plan_of_year(session: Session, year: int) -> Plan | None:
    """The year's one plan, draft or confirmed."""
    return session.scalar(select(Plan).where(Plan.year == year))


def plans(session: Session) -> list[tuple[Plan, str, int]]:
    """Every plan with its report's file name and how many of its interpreted facts are undecided, latest year first."""
    files = {row[0]: row[1] for row in session.execute(select(SourceReport.id, SourceReport.file_name))}
    undecided = select(PlanFact.plan_id).where(PlanFact.state == "proposed", PlanFact.interpreted)
    open_facts = list(session.scalars(undecided))
    return [
        (plan, files.get(plan.report_id or 0, ""), open_facts.count(plan.id))
        for plan in session.scalars(select(Plan).order_by(Plan.year.desc()))
    ]


def subject_stock(session: Session, facts: list[PlanFact], names: Mapping[str, str]) -> list[SubjectStock]:
    """What the bank has of each subject that the plan names."""
    wanted = [str(value) for value in dict.fromkeys(standing(facts, "subject"))]
    counted = [(row.subject, row.type, row.count) for row in questions.coverage(session)]
    return stock(wanted, names, counted)
