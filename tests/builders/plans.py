"""The confirmed plan of a year."""

from __future__ import annotations

from sqlalchemy.orm import Session

from quizapp.plans.models import Plan, PlanFact
from tests.builders.results import OPENS


def make_campaigns(session: Session, *names: str, year: int = 2026, dropped: str = "世界水日") -> Plan:
    """A plan that names these campaigns, one of them twice, and had another that was not kept."""
    plan = Plan(year=year, agency="清溪市机关事务管理局", state="confirmed", created_at=OPENS)
    session.add(plan)
    session.flush()
    facts = [(name, "confirmed") for name in (*names, *names[:1])] + [(dropped, "dropped")]
    session.add_all(PlanFact(plan_id=plan.id, position=place, field="campaign", value={"v": name}, confirmed={"v": name}, state=state)
                    for place, (name, state) in enumerate(facts))
    session.flush()
    return plan
