"""What takes two persons about a plan: deleting its draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.approvals.acts import Act, Done, Params, carries_out
from quizapp.approvals.rules import Kind, Line, Said
from quizapp.i18n import N_
from quizapp.plans import queries, service


@carries_out
class DeletePlan(Act):
    kind = Kind.DELETE_PLAN
    object_type = "plan"

    def object_id(self, params: Params) -> str:
        return str(params["plan"])

    def title(self, session: Session, params: Params) -> str:
        plan = queries.fresh(session, params["plan"])
        return f"{plan.year} {plan.agency}"

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        """With every decision on it: what has been worked on meanwhile is not what was to be deleted."""
        plan = queries.fresh(session, params["plan"])
        service.check_writable(plan)
        facts = queries.facts_of(session, plan.id)
        return {"state": plan.state, "report": plan.report_id,
                "facts": [[fact.id, fact.state, str(fact.confirmed)] for fact in facts]}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        facts = queries.facts_of(session, queries.fresh(session, params["plan"]).id)
        decided = sum(fact.state != "proposed" for fact in facts)
        gone = Said(N_("删除，不能恢复"))
        return [
            Line(N_("计划草稿"), Said(N_("%(n)s 项，其中 %(decided)s 项已经核对"), {"n": len(facts), "decided": decided}), gone),
            Line(N_("报告原文"), Said(N_("保留")), Said(N_("保留，可以再次读入"))),
            Line(N_("涉及的人"), Said(N_("没有：草稿不作为台账的依据")), Said(N_("没有"))),
        ]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        plan = queries.fresh(session, params["plan"], lock=True)
        detail = {"year": plan.year, "agency": plan.agency}
        service.delete_draft(session, plan)
        return Done("delete_plan", params["plan"], detail, Said(N_("草稿已删除")))

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "plans.plan", {"plan_id": params["plan"]}
