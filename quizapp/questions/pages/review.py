"""What the pages of review and editing may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from quizapp.questions.forms import ItemForm
from quizapp.questions.gate import Proof
from quizapp.questions.models import Item, ItemVersion, Review
from quizapp.questions.pages.bank import Words
from quizapp.questions.queue import ChangeRow, QueueRow, Vote
from quizapp.questions.rules.difference import FieldChange, Run
from quizapp.questions.rules.kinship import Kin
from quizapp.questions.rules.names import (
    CHANGE_NAMES,
    KIND_TAGS,
    RESOLUTION_NAMES,
    REVIEW_KIND_NAMES,
    REVIEW_STATE_NAMES,
)
from quizapp.questions.rules.passage import Stretch
from quizapp.questions.rules.sheet import Sheet
from quizapp.questions.watch import Use
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class ReviewWords:
    """The names of kinds, states and changes, for templates to translate."""

    kinds: Mapping[str, str] = field(default_factory=lambda: REVIEW_KIND_NAMES)
    kind_tags: Mapping[str, str] = field(default_factory=lambda: KIND_TAGS)
    states: Mapping[str, str] = field(default_factory=lambda: REVIEW_STATE_NAMES)
    changes: Mapping[str, str] = field(default_factory=lambda: CHANGE_NAMES)
    resolutions: Mapping[str, str] = field(default_factory=lambda: RESOLUTION_NAMES)


WORDS, REVIEW_WORDS = Words(), ReviewWords()


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one cited article beside the item; no paragraphs where the library has no text."""

    law: str
    version: date
    article: str
    address: str
    paragraphs: tuple[tuple[Stretch, ...], ...]


@dataclass(frozen=True)
class ReviewQueuePage(Page):
    """`tab`: waiting, changes or done; each has its table."""

    template: ClassVar[str] = "questions/review_queue.html"
    section: ClassVar[str] = "review"
    styles: ClassVar[tuple[str, ...]] = ("page-bank", "page-review")

    tab: str
    waiting: int
    changed: int
    table: Table[QueueRow] | Table[ChangeRow]
    may_generate: bool


@dataclass(frozen=True)
class ReviewPage(Page):
    """One version before a reviewer. `before` and `after` are the neighbours in the queue, "" at its ends.

    `refusal` says why this reader may not decide, "" where they may.
    """

    template: ClassVar[str] = "questions/review.html"
    section: ClassVar[str] = "review"
    styles: ClassVar[tuple[str, ...]] = ("page-bank", "page-review")
    modules: ClassVar[tuple[str, ...]] = ("review",)

    review: Review
    item: Item
    version: ItemVersion
    sheet: Sheet
    changes: list[FieldChange]
    passages: list[Passage]
    proofs: list[Proof]
    kin: list[Kin]
    uses: list[Use]
    votes: tuple[Vote, ...]
    opened_by: str
    queue: list[QueueRow]
    place: int
    before: str
    after: str
    refusal: str
    problem: str
    may_edit: bool
    words: Words = WORDS
    review_words: ReviewWords = REVIEW_WORDS


@dataclass(frozen=True)
class ChangePage(Page):
    """What an amendment did to an item: the article then and now, the item, the exams that had it."""

    template: ClassVar[str] = "questions/change.html"
    section: ClassVar[str] = "review"
    styles: ClassVar[tuple[str, ...]] = ("page-bank", "page-review")

    change: ChangeRow
    item: Item
    sheet: Sheet
    article_names: tuple[str, str]
    runs: list[Run]
    old_text: str
    new_text: str
    uses: list[Use]
    today: date
    may_decide: bool
    may_edit: bool
    words: Words = WORDS
    review_words: ReviewWords = REVIEW_WORDS


@dataclass(frozen=True)
class EditPage(Page):
    """The form; `shown_bases` of the rows for citations stand open, the others unfold."""

    template: ClassVar[str] = "questions/edit.html"
    section: ClassVar[str] = "bank"
    styles: ClassVar[tuple[str, ...]] = ("page-bank", "page-review")

    item: Item
    type: str
    form: ItemForm
    faults: list[str]
    passages: list[Passage]
    letters: str
    bases: int
    shown_bases: int
    laws: list[str]


@dataclass(frozen=True)
class GeneratePage(Page):
    template: ClassVar[str] = "questions/generate.html"
    section: ClassVar[str] = "review"
    styles: ClassVar[tuple[str, ...]] = ("page-bank", "page-review")

    laws: list[tuple[str, int]]
    subjects: list[tuple[str, str]]
    chosen: list[str]
    subject: str
    limit: int
    problem: str
