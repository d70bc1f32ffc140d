"""Reading plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.plans.models import Plan, PlanFact


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
