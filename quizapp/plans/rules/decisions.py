"""What an administrator decides on each fact of a plan, and when a plan may be confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from quizapp.kernel.errors import InputError
from quizapp.plans.rules.fields import FIELDS, typed_value

Choice = Literal["open", "keep", "correct", "drop"]
CHOICES: dict[str, Choice] = {"open": "open", "keep": "keep", "correct": "correct", "drop": "drop"}
STATE_OF: dict[Choice, str] = {"open": "proposed", "keep": "confirmed", "correct": "corrected", "drop": "dropped"}
CHOICE_OF: dict[str, Choice] = {state: choice for choice, state in STATE_OF.items()}


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice, and what was typed with it (used by `correct` alone)."""

    choice: Choice
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A fact as it stands after its decision: `value` is None unless it is let stand or put right."""

    key: int
    field: str
    value: Any
    interpreted: bool
    open: bool


def settle(field: str, proposed: Any, decision: Decision, subjects: Mapping[str, str]) -> tuple[str, dict[str, Any] | None]:
    """State and confirmed value of a fact. Raises InputError for a correction that cannot be read.

    `subjects` names the codes that the bank knows; a subject is corrected to one of them.
    """
    state = STATE_OF[decision.choice]
    if decision.choice == "keep":
        if proposed is None:
            raise InputError("报告没有写明%(label)s，请填写", label=FIELDS[field].label)
        return state, {"v": proposed}
    if decision.choice == "correct":
        value = typed_value(FIELDS[field], decision.typed)
        if FIELDS[field].kind == "subject" and value not in subjects and value != proposed:
            raise InputError("请从题库的科目里选一个")
        return state, {"v": value}
    return state, None


def doubled(facts: Iterable[Standing]) -> dict[int, str]:
    """Facts that stand beside another value of a figure of which there can be one; with the figure's name."""
    facts = list(facts)
    first: dict[str, int] = {}
    found: dict[int, str] = {}
    for fact in facts:
        if fact.value is None or not FIELDS[fact.field].single:
            continue
        if fact.field in first:
            found[fact.key] = FIELDS[fact.field].label
        first.setdefault(fact.field, fact.key)
    return found


def check_confirmable(facts: Iterable[Standing]) -> None:
    """Raises InputError while a value that was read into the words is undecided, or the counts cannot be true."""
    facts = list(facts)
    undecided = [fact for fact in facts if fact.open and fact.interpreted]
    if undecided:
        raise InputError("还有 %(n)s 项推断的内容没有定，请逐项选定以后再确认计划", n=len(undecided))
    counts = {fact.field: fact.value for fact in facts if fact.value is not None}
    online, offline, total = (counts.get(f"exams_{name}") for name in ("online", "offline", "total"))
    if total is not None and (online or 0) + (offline or 0) > total:
        raise InputError(
            "考试合计 %(total)s 次，少于线上 %(online)s 次加线下 %(offline)s 次，请改正其中一个",
            total=total, online=online or 0, offline=offline or 0,
        )
