"""Putting the exam page together, and reading it back where it comes as a plain form."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.open_paper import OpenPaper
from quizapp.attempts.pages.drawing import drawn
from quizapp.attempts.pages.standing import drawn_card, drawn_strip
from quizapp.attempts.pages.take import TakePage, answers_for_script, clock_for_script
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.progress import STATE_NAMES, count
from quizapp.attempts.rules.responses import from_fields, stored
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.rules.words import SCRIPT_TEXTS
from quizapp.i18n import _, language
from quizapp.papers import queries as papers


def plain_client(sign_in_id: UUID) -> str:
    """The name under which a browser without script saves: the same for the whole sign-in."""
    return f"plain-{sign_in_id.hex[-24:]}"


def take_page(
    connection: Connection, paper: OpenPaper, client_id: str, now: datetime, *, keys: dict[str, Any], problem: str = ""
) -> TakePage:
    """`keys`: what the script shows, and what it encrypts with."""
    layout, kept = paper.slots, paper.kept
    states = queries.states(layout, kept)
    questions = drawn(layout, papers.questions_of(connection, paper.form_id, paper.content_hash), kept)
    data = _for_script(paper, now) | keys | {"answers": answers_for_script(layout, kept)}
    return TakePage(
        paper.id, paper.title, paper.number, paper.attempts_allowed, paper.score_rule, questions,
        drawn_strip(states), drawn_card(layout, states), count(states), paper.deadline_at, client_id, problem, data, paper.time.break_seconds(now),
    )


def _for_script(paper: OpenPaper, now: datetime) -> dict[str, Any]:
    address = url_for("attempts.take", attempt_id=paper.id)
    return {
        "attempt": str(paper.id),
        "person": paper.candidate_id,
        "epoch": paper.epoch,
        "started_at": paper.started_at.isoformat(),
        **clock_for_script(paper, paper.paused_at, now),
        "urls": {
            name: url_for(f"attempts.{endpoint}", attempt_id=paper.id)
            for name, endpoint in (("save", "save"), ("claim", "claim"), ("takeOver", "take_over"),
                                   ("submit", "submit"), ("notes", "note"))
        } | {"signIn": url_for("people.sign_in", next=address)},
        **_words(language()),
    }


@cache
def _words(_language: str) -> dict[str, dict[str, str]]:
    """What the script says, in the language of this request."""
    return {
        "states": {state: _(name) for state, name in STATE_NAMES.items()},
        "texts": {key: _(text) for key, text in SCRIPT_TEXTS.items()},
    }


def plain_saves(session: Session, attempt: Attempt, form: MultiDict[str, str], at: datetime) -> list[Save]:
    """What a plain form changes: fields `a1`, `a2` … by number shown. Unchanged questions are left out.

    Raises InputError where a question's fields do not fit it.
    """
    kept = queries.answers(session, attempt.candidate_id, attempt.id)
    elapsed = max(1, int((at - attempt.started_at).total_seconds() * 1000))
    seq = max([answer.seq + 1 for answer in kept.values()] + [elapsed])
    found: list[Save] = []
    for slot in slots(attempt.layout):
        before = kept.get(slot.position)
        response = from_fields(slot, form.getlist(f"a{slot.number}"))
        if stored(slot, response) != (list(before.response) if before else []):
            found.append(Save(slot.number, seq, response, before.flagged if before else False, True))
    return found
