"""The OpenAPI description, put together: which route sends and answers what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from quizapp import __version__
from quizapp.headers import NOT_KEPT
from quizapp.incoming import LARGEST
from tests.api import shapes
from tests.api.shapes import Problem

FILE = Path(__file__).resolve().parents[2] / "docs" / "api" / "openapi.yaml"
JSON, PAGE = "application/json", "text/html"
COOKIE = "signIn"
MEANINGS = {
    200: "Done", 303: "Led elsewhere: to the sign-in page, or to the job that writes the file",
    400: "The body is no JSON at all: cut off on the way, or not meant for this address",
    401: "Nobody is signed in, or the sign-in has ended", 403: "Signed in, but without the right",
    404: "Nothing there, or nothing that this person may know of", 409: "Does not fit the present state",
    413: "Too large", 422: "JSON of another shape, or a ticket that this installation has not made",
    503: "A part that the platform depends on does not answer, or holds no exams at present",
}
Model = type[BaseModel]


@dataclass(frozen=True)
class Operation:
    """A route and what goes through it. `answers`: status → shapes; `problems`: statuses that say a sentence alone;
    `files`: media types other than JSON that the same address answers with."""

    endpoint: str
    what: str
    answers: Mapping[int, tuple[Model, ...]]
    problems: tuple[int, ...] = ()
    sends: Model | None = None
    signed_in: bool = True
    files: tuple[str, ...] = ()
    redirects: bool = False
    queries: Mapping[str, str] = field(default_factory=dict)


BY_TICKET = (400, 401, 404, 422, 503)
ON_ATTEMPT: dict[int, tuple[Model, ...]] = {409: (shapes.Refused,)}
OPERATIONS = (
    Operation("ops.healthz", "The process is alive", {200: (shapes.Alive,)}, signed_in=False),
    Operation("ops.readyz", "The database answers, and exams may be held on it",
              {200: (shapes.Ready,), 503: (shapes.NotReady,)}, signed_in=False),
    Operation("jobs.show_json", "How far a job is", {200: (shapes.JobState,)}, (401, 404)),
    Operation("attempts.receipt_json", "The receipt of one's own attempt, as `quizapp audit verify --receipt` reads it",
              {200: (shapes.Receipt,)}, (401, 404)),
    Operation("sittings.commitment_content", "What was committed to before an exam, once it is over and released",
              {200: (shapes.Commitment,)}, (404,), signed_in=False),
    Operation("reports.export", "The report of an exam as a file; a liaison's has their units alone",
              {200: (shapes.Report,)}, (401, 403, 404), redirects=True,
              files=("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
              queries={"scope": "first or all: with or without the make-ups", "unit": "Units, by number", "rank": "A rank",
                       "post_type": "A kind of post"}),
    Operation("filings.file", "A version of a report as it was handed in, as a file; a liaison's has their units alone",
              {200: (shapes.Filing,)}, (401, 403, 404), redirects=True,
              files=("text/csv", "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
              queries={"people": "1: the workbook with everybody by name"}),
    Operation("attempts.ahead", "How long until an exam opens, for whom waits", {200: (shapes.Ahead,)}, BY_TICKET,
              shapes.EntryRequest),
    Operation("attempts.save", "Save answers; the same again changes nothing", {200: (shapes.Saved,), **ON_ATTEMPT},
              BY_TICKET, shapes.SaveRequest),
    Operation("attempts.claim", "Which tab answers", {200: (shapes.Claimed,), **ON_ATTEMPT}, BY_TICKET, shapes.ClaimRequest),
    Operation("attempts.take_over", "Answer from this tab from now on", {200: (shapes.Claimed,), **ON_ATTEMPT}, BY_TICKET,
              shapes.ClaimRequest),
    Operation("attempts.submit", "Hand in; twice gives the same receipt",
              {200: (shapes.HandedIn,), 409: (shapes.Refused, shapes.Missing)}, BY_TICKET, shapes.SubmitRequest),
    Operation("attempts.note", "Facts beside the answers; never an error for what is in them", {200: (shapes.NotesKept,)},
              BY_TICKET, shapes.NotesRequest),
    Operation("attempts.standing", "Whether the clock of an attempt stands still", {200: (shapes.Standing,)}, BY_TICKET,
              shapes.TicketRequest),
)


def described(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The whole description. `rules`: endpoint → rule of the application's URL map."""
    models = {model for one in OPERATIONS for found in one.answers.values() for model in found}
    models |= {one.sends for one in OPERATIONS if one.sends} | {Problem, shapes.NoteOne}
    _keys, schemas = models_json_schema([(model, "serialization") for model in sorted(models, key=lambda one: one.__name__)],
                                        ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        method = "post" if one.sends else "get"
        paths.setdefault(_path(rules[one.endpoint]), {})[method] = _operation(one, rules[one.endpoint])
    return {
        "openapi": "3.1.0",
        "info": {"title": "quizapp", "version": __version__, "description": INTRODUCTION},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas["$defs"], "securitySchemes": {
            COOKIE: {"type": "apiKey", "in": "cookie", "name": "quizapp",
                     "description": "The cookie of a sign-in; `__Host-quizapp` over HTTPS"}}},
    }


INTRODUCTION = """\
What the scripts of the pages and programs of an agency exchange with the platform as JSON. Everything else is pages
and forms. A program asks with `Accept: application/json`; a refusal is then a `Problem` in the language of the account,
otherwise a page. Requests under `/my/` need a ticket beside the cookie: it comes with the page of the paper and fits one
person and one attempt. Made from the shapes that the tests hold every answer to; change those, never this file."""


def _path(rule: Any) -> str:
    """`/jobs/{job_id}.json` of a rule of the application."""
    return "".join(f"{{{part}}}" if dynamic else part.replace("|", "") for dynamic, part in rule._trace)


def _operation(one: Operation, rule: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "operationId": one.endpoint, "tags": [one.endpoint.partition(".")[0]], "summary": one.what,
        "parameters": [*_parameters(rule), *({"name": name, "in": "query", "description": what, "schema": {"type": "string"}}
                                             for name, what in one.queries.items())],
        "responses": {str(status): _answer(one, status) for status in sorted({*one.answers, *one.problems})},
    }
    if one.redirects or 401 in one.problems:
        whole["responses"]["303"] = {"description": MEANINGS[303]}
    if one.sends:
        whole["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(one.sends)}}}
        whole["responses"]["413"] = _said(413)
    whole["security"] = [{COOKIE: []}] if one.signed_in else []
    return whole


def _parameters(rule: Any) -> list[dict[str, Any]]:
    found = []
    for dynamic, name in rule._trace:
        if dynamic:
            converter = rule._converters[name]
            schema: dict[str, Any] = {
                "UUIDConverter": {"type": "string", "format": "uuid"},
                "Number": {"type": "integer", "minimum": 0, "maximum": LARGEST},
            }.get(type(converter).__name__) or {"type": "string", "enum": sorted(converter.regex[3:-1].split("|"))}
            found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _answer(one: Operation, status: int) -> dict[str, Any]:
    if status not in one.answers:
        return _said(status)
    shapes_ = [_ref(model) for model in one.answers[status]]
    if status in one.problems:
        shapes_.append(_ref(Problem))
    content: dict[str, Any] = {JSON: {"schema": shapes_[0] if len(shapes_) == 1 else {"anyOf": shapes_}}}
    if status == 200:
        content |= {media: {} for media in one.files}
    answer: dict[str, Any] = {"description": MEANINGS[status], "content": content}
    if one.signed_in:
        answer["headers"] = {NOT_KEPT[0]: {"required": True, "schema": {"type": "string", "const": NOT_KEPT[1]}}}
    return answer


def _said(status: int) -> dict[str, Any]:
    return {"description": MEANINGS[status], "content": {JSON: {"schema": _ref(Problem)}, PAGE: {}}}


def _ref(model: Model) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def written() -> str:
    """The file as it has to stand in the repository."""
    from tests.api.routes import rules_of_the_product

    return yaml.safe_dump(described(rules_of_the_product()), allow_unicode=True, sort_keys=False, width=120)
