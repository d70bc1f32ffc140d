"""From the rows of a plan to what its pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from quizapp.approvals import asking
from quizapp.approvals.asking import WhyForm
from quizapp.approvals.rules import Kind
from quizapp.i18n import _, explain, pick
from quizapp.kernel.errors import InputError
from quizapp.people.models import Person
from quizapp.plans import queries
from quizapp.plans.models import Plan, PlanFact, SourceReport
from quizapp.plans.pages import (
    CampaignView,
    FactView,
    GroupView,
    MissingView,
    OverviewPage,
    Place,
    PlanPage,
    TitleView,
)
from quizapp.plans.rules.coverage import USUAL_TYPES
from quizapp.plans.rules.decisions import CHOICE_OF
from quizapp.plans.rules.fields import FIELDS, GROUPS, TITLE_KINDS, UNITS, Field, shown
from quizapp.plans.rules.highlight import Span, line_of, literal_span, paragraphs
from quizapp.plans.rules.proposals import REASONS
from quizapp.plans.subjects import known_subjects
from quizapp.questions.rules.names import TYPE_NAMES

Faults = Mapping[int | str, InputError]


def bank_path() -> Path:
    path: Path = current_app.config["SETTINGS"].bank_path
    return path


def subject_names() -> dict[str, str]:
    """Code and name, in the reader's language, of every subject that the bank's files have."""
    return {one.code: pick(one.name, one.name_en) for one in known_subjects(bank_path())}


def plan_page(
    session: Session, plan: Plan, typed: Mapping[str, str] | None = None, faults: Faults | None = None,
    problem: str = "", deletion: WhyForm | None = None, deletion_problem: str = "",
) -> PlanPage:
    """The page on which facts are decided; with `typed` and `faults` it is a refused form again."""
    typed, faults = typed or {}, faults or {}
    report = queries.report(session, plan.report_id) if plan.report_id else None
    facts = ordered(queries.facts_of(session, plan.id))
    numbers = {fact.id: number for number, fact in enumerate(facts, 1)}
    names = subject_names()
    views = [_fact_view(fact, numbers[fact.id], report, names, typed, faults) for fact in facts]
    groups = [_group(name, facts, views, typed, faults, plan.state == "draft") for name in GROUPS]
    open_facts = [fact for fact in facts if fact.state == "proposed"]
    return PlanPage(
        plan=plan, report=report, law_study=bool(report and report.reading["law_study"]), groups=groups,
        notes=[_(note["message"], **note["values"]) for note in (report.reading["notes"] if report else [])
               if report and report.reading["law_study"]],
        subjects=names, text=paragraphs(report.text, spans_of(facts, report.text)) if report else [], numbers=numbers,
        facts=len(facts), undecided=sum(fact.interpreted for fact in open_facts),
        untouched=sum(not fact.interpreted for fact in open_facts), problem=problem,
        links=_links(views, groups) if problem else [], waiting=asking.standing(Kind.DELETE_PLAN, plan.id),
        deletion=deletion or WhyForm(formdata=None), deletion_problem=deletion_problem, alone=asking.acts_alone(),
    )


def _links(views: Sequence[FactView], groups: Sequence[GroupView]) -> list[tuple[str, str]]:
    """To every field with a fault; where there is none, to every interpretation that is undecided."""
    faulty = [(f"#choice-{view.id}-{view.choice}", f"{view.number}. {view.error}") for view in views if view.error]
    faulty += [(f"#new-{one.name}", one.error) for group in groups for one in group.missing if one.error]
    undecided = [
        (f"#choice-{view.id}-open", f"{view.number}. {view.label} {view.value}")
        for view in views if view.interpreted and view.choice == "open"
    ]
    return faulty or undecided


def ordered(facts: list[PlanFact]) -> list[PlanFact]:
    """By group and field, then as the report has them."""
    place = {name: number for number, name in enumerate(FIELDS)}
    return sorted((fact for fact in facts if fact.field in place), key=lambda fact: (place[fact.field], fact.position))


def evidence(fact: PlanFact) -> list[tuple[str, int, int]]:
    """Literal words and sentence offsets of every place that a fact rests on."""
    if fact.start is None or fact.end is None:
        return []
    more = fact.value.get("places", [])
    return [(fact.literal, fact.start, fact.end), *((one["literal"], one["start"], one["end"]) for one in more)]


def spans_of(facts: Sequence[PlanFact], text: str) -> list[Span]:
    found = [literal_span(fact.id, *place, text) for fact in facts for place in evidence(fact)]
    return [span for span in found if span is not None]


def _fact_view(
    fact: PlanFact, number: int, report: SourceReport | None, names: Mapping[str, str], typed: Mapping[str, str],
    faults: Faults,
) -> FactView:
    field = FIELDS[fact.field]
    by_hand = fact.value["v"] is None
    current = fact.confirmed["v"] if fact.confirmed else fact.value["v"]
    correction = str(current) if fact.state == "corrected" else ""
    return FactView(
        id=fact.id, number=number, label=_(field.label), kind=field.kind,
        unit=_(UNITS[field.name]) if field.name in UNITS else "",
        value=_worded(fact.field, current, names),
        proposed="" if by_hand else _worded(fact.field, fact.value["v"], names),
        details=_details(fact, names), places=_places(fact, report.text) if report else [],
        interpreted=fact.interpreted, why=_(REASONS[fact.value["why"]]) if "why" in fact.value else "", by_hand=by_hand,
        choice=typed.get(f"choice-{fact.id}", CHOICE_OF[fact.state]), typed=typed.get(f"value-{fact.id}", correction),
        error=explain(faults[fact.id]) if fact.id in faults else "",
    )


def _worded(field: str, value: Any, names: Mapping[str, str]) -> str:
    if FIELDS[field].kind == "subject":
        return names.get(str(value), str(value))
    return f"《{value}》" if field == "title" else shown(field, value)


def _details(fact: PlanFact, names: Mapping[str, str]) -> str:
    """What belongs to a value: kind and mentions of a title, activities of a campaign, a subject the bank lacks."""
    if fact.field == "title" and "kind" in fact.value:
        return _("%(kind)s，提到 %(n)s 次", kind=_(TITLE_KINDS[fact.value["kind"]]), n=fact.value["count"])
    if fact.field == "campaign":
        return _("、").join(_activities(fact))
    if fact.field == "subject":
        value = fact.confirmed["v"] if fact.confirmed else fact.value["v"]
        return "" if value in names else _("题库没有这个科目")
    return ""


def _activities(fact: PlanFact) -> list[str]:
    """What was done in a campaign, in the report's words, beyond its name."""
    return [one["literal"] for one in fact.value.get("activities", []) if one["literal"] != fact.value["v"]]


def _places(fact: PlanFact, text: str) -> list[Place]:
    found = []
    for literal, start, end in evidence(fact):
        span = literal_span(fact.id, literal, start, end, text)
        if span is not None:
            found.append(Place(text[start:span.start], text[span.start:span.end], text[span.end:end],
                               line_of(text, span.start), span.start + 1))
    return found


def _group(
    name: str, facts: Sequence[PlanFact], views: Sequence[FactView], typed: Mapping[str, str], faults: Faults, open_: bool
) -> GroupView:
    inside = [view for fact, view in zip(facts, views, strict=True) if FIELDS[fact.field].group == name]
    having = {fact.field for fact in facts}
    wanted = [field for field in FIELDS.values() if field.group == name and open_ and _to_ask(field, having)]
    missing = [
        MissingView(field.name, _(field.label), field.kind, _(UNITS[field.name]) if field.name in UNITS else "",
                    field.single, typed.get(f"new-{field.name}", ""),
                    explain(faults[field.name]) if field.name in faults else "")
        for field in wanted
    ]
    return GroupView(name, _(GROUPS[name]), inside, missing)


def _to_ask(field: Field, having: set[str]) -> bool:
    """Figures that the report does not say, and lists that can always grow."""
    return field.asked and field.name not in having if field.single else field.kind != "count"


def overview_page(session: Session, plan: Plan) -> OverviewPage:
    """A confirmed plan in short."""
    facts = ordered(queries.facts_of(session, plan.id))
    kept = [fact for fact in facts if fact.confirmed is not None and fact.state in ("confirmed", "corrected")]
    person = session.get(Person, plan.confirmed_by) if plan.confirmed_by else None
    stock = queries.subject_stock(session, kept, subject_names())
    kinds = [*USUAL_TYPES, *(kind for kind in TYPE_NAMES if kind not in USUAL_TYPES)]
    return OverviewPage(
        plan=plan, report=queries.report(session, plan.report_id) if plan.report_id else None,
        confirmed_by=person.name if person else "",
        figures={name: shown(name, values[0]) for name, field in FIELDS.items()
                 if field.single and (values := queries.standing(kept, name))},
        stock=stock, types=[(kind, _(TYPE_NAMES[kind])) for kind in kinds if kind in USUAL_TYPES or
                            any(one.counts.get(kind) for one in stock)],
        type_names={kind: _(name) for kind, name in TYPE_NAMES.items()},
        campaigns=[CampaignView(_confirmed(fact), _activities(fact)) for fact in kept if fact.field == "campaign"],
        titles=_titles(kept), shortcomings=[_confirmed(fact) for fact in kept if fact.field == "shortcoming"],
        in_bank=sum(one.total for one in stock),
    )


def _confirmed(fact: PlanFact) -> str:
    return str(fact.confirmed["v"]) if fact.confirmed else ""


def _titles(facts: Sequence[PlanFact]) -> list[tuple[str, list[TitleView]]]:
    """Titles under the words of their kinds, in the order of TITLE_KINDS; entered by hand come last."""
    titles = [
        TitleView(_confirmed(fact), fact.value.get("kind", ""), fact.value.get("count"))
        for fact in facts if fact.field == "title"
    ]
    kinds = {kind: _(name) for kind, name in TITLE_KINDS.items()} | {"": _("手工填写")}
    return [(name, found) for kind, name in kinds.items() if (found := [one for one in titles if one.kind == kind])]
