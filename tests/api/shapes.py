"""The shapes of the JSON that goes over the wire. Bounds and words are those that the code itself judges by."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quizapp.attempts.rules.notes import AT_ONCE, DEVICE_CHARS, LONGEST, SENT
from quizapp.attempts.rules.saves import BATCH, CLIENT_ID_CHARS, SEQ_MAX, Refusal
from quizapp.audit.receipts import DOCUMENT
from quizapp.exams.committing import METHOD
from quizapp.exams.rules import MULTIPLE_RULE_NAMES, SCORE_RULE_NAMES
from quizapp.jobs.rules import STATE_NAMES
from quizapp.questions.rules.schema import Question

Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Sequence = Annotated[int, Field(ge=1, le=SEQ_MAX)]
Sentence = Annotated[str, Field(min_length=1, description="What is wrong and what to do, in the reader's language")]


class Shape(BaseModel):
    """Nothing more than what is named: a field that slips out is a fault."""

    model_config = ConfigDict(extra="forbid")


class Request(BaseModel):
    """What is sent. Names that are not known are passed over."""


# ---------------------------------------------------------------- what the exam page sends

Ticket = Annotated[str, Field(min_length=1, max_length=65_536, pattern=r"^[A-Za-z0-9_=-]+$", description=(
    "Sealed by the installation for one person and one attempt; from the page of the paper"))]
ClientId = Annotated[str, Field(
    min_length=8, max_length=CLIENT_ID_CHARS, description="The name of a tab, chosen by it",
    json_schema_extra={"pattern": r"^(?!file-)[A-Za-z0-9-]*[A-Za-z0-9][A-Za-z0-9-]*$"})]


class EntryRequest(Request):
    ticket: Ticket


class TicketRequest(Request):
    ticket: Ticket


class ClaimRequest(TicketRequest):
    client_id: ClientId


class SaveOne(Request):
    """The whole state of one question after its change `seq`."""

    q: Annotated[int, Field(ge=1, le=SEQ_MAX, description="Number of the question as shown")]
    seq: Sequence
    response: Annotated[Any, Field(description="A list of texts: places of options from 1, true or false, or words")] = None
    flagged: Any = None
    seen: Any = None


class SaveRequest(ClaimRequest):
    epoch: Sequence
    saves: Annotated[list[SaveOne], Field(max_length=BATCH)] = []


class SubmitRequest(ClaimRequest):
    manifest: Annotated[dict[Annotated[str, Field(pattern=r"^[0-9]{1,9}$")], Annotated[int, Field(ge=0, le=SEQ_MAX)]], Field(
        description="The last sequence of each question that the browser holds")] = {}


class NoteOne(Request):
    kind: Literal[SENT]  # type: ignore[valid-type]
    lasted: Annotated[int | None, Field(ge=0, le=LONGEST, description="Seconds")] = None
    device: Annotated[str, Field(max_length=DEVICE_CHARS)] = ""


class NotesRequest(TicketRequest):
    notes: Annotated[Any, Field(description=f"A list of up to {AT_ONCE} NoteOne; what cannot be read is passed over")] = None


# ---------------------------------------------------------------- what it is told


class Acknowledged(Shape):
    q: int
    seq: int
    hash: Hex64


class Rejected(Shape):
    q: int
    seq: int
    error: Sentence


class Saved(Shape):
    acks: list[Acknowledged]
    rejected: list[Rejected]
    server_time: AwareDatetime
    deadline: AwareDatetime
    paused: AwareDatetime | None
    saved_at: AwareDatetime | None


class KeptAnswer(Shape):
    seq: int
    response: list[str]
    flagged: bool
    seen: bool


class Claimed(Shape):
    epoch: Annotated[int, Field(ge=1)]
    answers: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]*$")], KeptAnswer]
    server_time: AwareDatetime
    deadline: AwareDatetime
    paused: AwareDatetime | None


class HandedIn(Shape):
    receipt: Hex64
    address: str


class Refused(Shape):
    """The act does not fit the state of the attempt."""

    error: Sentence
    reason: Literal[tuple(reason.value for reason in Refusal if reason)]  # type: ignore[valid-type]
    address: Annotated[str, Field(description="Where the receipt is")]
    server_time: AwareDatetime


class Missing(Shape):
    """Handing in waits for changes that have not arrived."""

    error: Sentence
    reason: Literal["missing"]
    missing: list[int]


class NotesKept(Shape):
    kept: Annotated[int, Field(ge=0, le=AT_ONCE)]


class Ahead(Shape):
    server_time: AwareDatetime
    opens_at: AwareDatetime
    paused: bool
    closed: bool


class Standing(Shape):
    server_time: AwareDatetime
    break_seconds: Annotated[int, Field(ge=0)]
    stands: Literal["", "paused", "break"]


class Problem(Shape):
    error: Sentence
    status: Annotated[int, Field(ge=400, le=599)]


# ---------------------------------------------------------------- receipts and files


class ReceiptExam(Shape):
    id: int
    title: str


class ReceiptPerson(Shape):
    id: int
    login: str
    name: str


class Seal(Shape):
    """Where the chain of acts holds the receipt, with the way from it to the root (RFC 9162)."""

    event: int
    at: str
    hash: Hex64
    root: Hex64
    record: Hex64
    index: int
    size: int
    path: list[Hex64]


class Receipt(Shape):
    document: Literal[DOCUMENT]  # type: ignore[valid-type]
    exam: ReceiptExam
    candidate: ReceiptPerson
    attempt: str
    number: int
    state: Literal["submitted", "expired"]
    started_at: str
    finished_at: str
    answered: int
    questions: int
    receipt: Hex64
    signature: str
    public_key: str
    seal: Seal | None


class CommittedExam(Shape):
    id: int
    title: str
    year: int


class CommittedRules(Shape):
    multiple_rule: Literal[tuple(MULTIPLE_RULE_NAMES)]  # type: ignore[valid-type]
    score_rule: Literal[tuple(SCORE_RULE_NAMES)]  # type: ignore[valid-type]
    pass_mark: str
    excellence_mark: str
    markers: int | None = None
    marker_tolerance: int | None = None


class CommittedQuestion(Shape):
    position: int
    part: int | None
    type: str
    marks: str
    version: int


class CommittedForm(Shape):
    number: int
    total: str
    questions: list[CommittedQuestion]


class CommittedItem(Shape):
    content_hash: Hex64
    content: Question


class Commitment(Shape):
    """What was committed to before the exam; the SHA-256 of these very bytes is the commitment."""

    method: Literal[METHOD]  # type: ignore[valid-type]
    salt: Hex64
    exam: CommittedExam
    rules: CommittedRules
    forms: list[CommittedForm]
    items: dict[str, CommittedItem]


# ---------------------------------------------------------------- jobs, reports, health


class JobState(Shape):
    id: str
    kind: str
    state: Literal[tuple(STATE_NAMES)]  # type: ignore[valid-type]
    state_name: str
    done: Annotated[int, Field(ge=0)]
    total: int | None
    step: str
    progress: str
    summary: str
    problem: str
    warnings: list[str]
    address: str | None


class UnitLine(Shape):
    unit: str
    path: list[str]
    expected: int
    excused: int
    deferred: int
    sat: int
    passed: int
    excellent: int
    participation_rate: float | None
    pass_rate_of_expected: float | None
    pass_rate_of_sat: float | None
    excellence_rate_of_sat: float | None
    mean: float | None
    median: float | None


class Report(Shape):
    exam: str
    as_of: AwareDatetime
    rows: list[UnitLine]


class Filing(Shape):
    """`digest`: SHA-256 over the canonical JSON of `content` (keys sorted, no spaces); of an extract, of the whole.
    `signature`: by the installation's Ed25519 `key`, base64."""

    schema_: Literal["quizapp-filing-1"] = Field(alias="schema")
    number: str
    version: int
    at: str
    extract: bool
    digest: str
    key: str
    signature: str
    content: dict[str, Any]


class Alive(Shape):
    ok: Literal[True]


class Ready(Shape):
    ok: bool
    database: str
    exams: Literal["open", "off"]
    unsafe: list[str]


class NotReady(Shape):
    """The database does not answer, or its settings are not fit for exams."""

    ok: Literal[False]
    database: str
    exams: Literal["open", "off"] | None = None
    unsafe: list[str] = []
