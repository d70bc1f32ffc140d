"""What the pages of the bank may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from quizapp.questions.models import Item, ItemVersion, Subject
from quizapp.questions.queries import ItemFilter, ItemRow
from quizapp.questions.rules.coverage import CoverageLine
from quizapp.questions.rules.difference import FieldChange
from quizapp.questions.rules.names import (
    DIFFICULTY_NAMES,
    ORIGIN_NAMES,
    STATUS_NAMES,
    STATUS_TAGS,
    TYPE_NAMES,
)
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.sheet import Sheet
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class Words:
    """The names of types, difficulties and states, for templates to translate."""

    types: Mapping[str, str] = field(default_factory=lambda: TYPE_NAMES)
    difficulties: Mapping[int, str] = field(default_factory=lambda: DIFFICULTY_NAMES)
    states: Mapping[str, str] = field(default_factory=lambda: STATUS_NAMES)
    state_tags: Mapping[str, str] = field(default_factory=lambda: STATUS_TAGS)
    origins: Mapping[str, str] = field(default_factory=lambda: ORIGIN_NAMES)


@dataclass(frozen=True)
class BankPage(Page):
    """Coverage and the list; `total` counts all items, whatever the filter."""

    template: ClassVar[str] = "questions/bank.html"
    section: ClassVar[str] = "bank"
    styles: ClassVar[tuple[str, ...]] = ("page-bank",)

    total: int
    lines: list[CoverageLine]
    subjects: list[Subject]
    subject_names: dict[str, str]
    laws: list[str]
    table: Table[ItemRow]
    only: ItemFilter
    may_build: bool
    words: Words = Words()


@dataclass(frozen=True)
class CheckPage(Page):
    template: ClassVar[str] = "questions/check.html"
    section: ClassVar[str] = "bank"
    styles: ClassVar[tuple[str, ...]] = ("page-bank",)

    item_count: int
    errors: int
    warnings: int
    table: Table[Problem]
    may_build: bool


@dataclass(frozen=True)
class ItemPage(Page):
    """One version of an item; `before` is the version that `changes` compares it with."""

    template: ClassVar[str] = "questions/item.html"
    section: ClassVar[str] = "bank"
    styles: ClassVar[tuple[str, ...]] = ("page-bank",)

    item: Item
    version: ItemVersion
    versions: list[ItemVersion]
    sheet: Sheet
    subject_name: str
    before: ItemVersion | None
    changes: list[FieldChange]
    may_decide: bool
    may_edit: bool
    words: Words = Words()
