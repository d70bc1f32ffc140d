"""What needs two persons, who they may be, how long a proposal waits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from quizapp.kernel.errors import InputError
from quizapp.kernel.rights import Right, Somebody, Target, authorise
from quizapp.kernel.roles import Role

REASON_CHARS = 200
WORDS_CHARS = 500


class Kind(StrEnum):
    """What is proposed. CHANGE_KEY and VOID_QUESTION mark a held exam anew."""

    RELEASE = "release"
    EXTEND_EXAM = "extend_exam"
    EXTEND_ATTEMPT = "extend_attempt"
    OVERRIDE_MARK = "override_mark"
    DELETE_EXAM = "delete_exam"
    DELETE_PLAN = "delete_plan"
    CHANGE_KEY = "change_key"
    VOID_QUESTION = "void_question"
    ERASE_PERSON = "erase_person"


@dataclass(frozen=True, slots=True)
class Terms:
    """`proposers` may propose, `seconds` may agree or refuse; `lasts`: how long a proposal waits."""

    name: str
    proposers: frozenset[Role]
    seconds: frozenset[Role]
    lasts: timedelta


HOLDERS = frozenset({Role.EXAM_ADMIN})
# a system administrator may be the second person, so that two accounts suffice in a small agency; never a security
# administrator, who grants the right to it, nor an auditor, who has to judge afterwards what the others did
SECONDS = HOLDERS | {Role.SYSTEM_ADMIN}
MARKERS = frozenset({Role.EXAM_ADMIN, Role.REVIEWER})
# whoever runs exams must not be able to make candidates disappear, not even as one of two
KEEPERS = frozenset({Role.SYSTEM_ADMIN})
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)

TERMS: Mapping[Kind, Terms] = {
    Kind.RELEASE: Terms("公布成绩", HOLDERS, SECONDS, WEEK),
    Kind.EXTEND_EXAM: Terms("全场延时", HOLDERS, SECONDS, HOUR),
    Kind.EXTEND_ATTEMPT: Terms("给多人逐个延时", HOLDERS, SECONDS, HOUR),
    Kind.OVERRIDE_MARK: Terms("改已评的分", MARKERS, MARKERS, WEEK),
    Kind.DELETE_EXAM: Terms("删除考试草稿", HOLDERS, SECONDS, WEEK),
    Kind.DELETE_PLAN: Terms("删除计划草稿", HOLDERS, SECONDS, WEEK),
    Kind.CHANGE_KEY: Terms("改已考试题的答案", MARKERS, MARKERS, WEEK),
    Kind.VOID_QUESTION: Terms("作废已考的试题", MARKERS, MARKERS, WEEK),
    Kind.ERASE_PERSON: Terms("注销人员", KEEPERS, KEEPERS, WEEK),
}
# who has anything to do with proposals at all
ROLES = tuple(role for role in Role if any(role in terms.proposers | terms.seconds for terms in TERMS.values()))

PROPOSERS = tuple(role for role in Role if any(role in terms.proposers for terms in TERMS.values()))

STATES = {
    "waiting": "等待另一人同意", "done": "已同意，已办理", "refused": "没有同意", "withdrawn": "已撤回", "lapsed": "已失效",
}
TAGS = {"waiting": "warn", "done": "ok", "refused": "err", "withdrawn": "", "lapsed": ""}


def kinds_for(roles: Iterable[Role], *, second: bool) -> tuple[Kind, ...]:
    """What somebody with these roles may agree to (`second`), or may propose or agree to."""
    held = frozenset(roles)
    return tuple(kind for kind, terms in TERMS.items()
                 if held & (terms.seconds if second else terms.proposers | terms.seconds))


def check_second(kind: Kind, proposed_by: int, person_id: int, roles: Iterable[Role]) -> None:
    """Raises ForbiddenError for the proposer, whatever roles they hold, and for whoever has none that may decide."""
    right = Right(roles=TERMS[kind].seconds, no_role="你现在没有同意这件事的权利",
                  own="这是你自己提出的，要由另一个人同意；不再需要的，可以撤回")
    authorise(Somebody(person_id, frozenset(roles)), right, Target(people=[proposed_by]))


def checked_text(text: str, most: int, missing: str) -> str:
    """The text without blanks around it. Raises InputError where there is none, or too much."""
    found = text.strip()
    if not found:
        raise InputError(missing)
    if len(found) > most:
        raise InputError("最多 %(most)s 个字，请写短一些", most=most)
    return found


# ---------------------------------------------------------------- sentences that wait for their reader


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in the source language, put into the reader's where it is shown. Moments stay moments until then."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


def as_it_is(text: str) -> Said:
    """Words that nobody translates: a stem, an answer, a name."""
    return Said("%(text)s", {"text": text})


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of what will happen: as it is now, and as it will be."""

    name: str
    before: Said
    after: Said


def packed(said: Said) -> dict[str, Any]:
    """As it is stored."""
    return {"message": said.message, "values": {name: _pack(value) for name, value in said.values.items()}}


def unpacked(kept: Mapping[str, Any]) -> Said:
    return Said(kept["message"], {name: _unpack(value) for name, value in kept["values"].items()})


def packed_line(line: Line) -> dict[str, Any]:
    return {"name": line.name, "before": packed(line.before), "after": packed(line.after)}


def unpacked_line(kept: Mapping[str, Any]) -> Line:
    return Line(kept["name"], unpacked(kept["before"]), unpacked(kept["after"]))


def _pack(value: object) -> object:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return value if isinstance(value, int) else str(value)


def _unpack(value: Any) -> object:
    return datetime.fromisoformat(value["moment"]) if isinstance(value, dict) else value
