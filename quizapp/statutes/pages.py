"""What the pages of the law library may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from quizapp.statutes.citing import Reference
from quizapp.statutes.forms import ImportForm
from quizapp.statutes.models import Law, LawArticle, LawVersion
from quizapp.statutes.queries import LawRow
from quizapp.statutes.rules.comparing import Pieces
from quizapp.statutes.rules.outline import Heading, Paragraph
from quizapp.statutes.rules.searching import Run
from quizapp.statutes.rules.versions import Change, Standing
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table

Cord = list[tuple[str, str, bool]]
"""Versions on the cord: (label, address, whether it is the one shown)."""


@dataclass(frozen=True)
class LibraryCounts:
    """Laws, versions with text, articles with text."""

    laws: int
    versions: int
    articles: int


@dataclass(frozen=True)
class KindTab:
    """A kind of law to browse by; `kind` is empty for all of them."""

    kind: str
    name: str
    count: int


@dataclass(frozen=True)
class LawHit:
    """A law found by its name."""

    title: str
    kind: str
    address: str
    version: date
    version_count: int


@dataclass(frozen=True)
class ArticleFound:
    """An article found: where it is, and the part of it that fits."""

    law: str
    article: str
    address: str
    version: date
    in_force: bool
    path: str
    runs: Sequence[Run]


@dataclass(frozen=True)
class Results:
    """What a search found. `total` counts all articles; `too_short`: single characters find no article."""

    laws: list[LawHit]
    articles: list[ArticleFound]
    total: int
    page: int
    pages: int
    too_short: bool
    pager: dict[str, str]


@dataclass(frozen=True)
class LawsPage(Page):
    """The library: search, and without one the laws by kind. `old`: versions not in force as well."""

    template: ClassVar[str] = "statutes/laws.html"
    section: ClassVar[str] = "laws"
    styles: ClassVar[tuple[str, ...]] = ("page-laws",)

    counts: LibraryCounts
    typed: str
    old: bool
    results: Results | None
    tabs: list[KindTab]
    kind: str
    name: str
    text: str
    table: Table[LawRow] | None
    may_import: bool


@dataclass(frozen=True)
class VersionHead:
    """What stands above a version, an article and a comparison. `facts`: (name, value), `ending` empty while in force.

    `current` is the version in force today, None where there is none.
    """

    law: Law
    title_parts: tuple[str, ...]
    version: LawVersion
    standing: Standing
    standing_name: str
    standing_tag: str
    ending: str
    current: LawVersion | None
    facts: list[tuple[str, str]]
    cord: Cord


@dataclass(frozen=True)
class BlockView:
    """An article with the headings above it; `name` as enacted, empty where a heading says it."""

    headings: tuple[Heading, ...]
    number: str
    name: str
    level: int
    address: str
    paragraphs: tuple[Paragraph, ...] | None


@dataclass(frozen=True)
class ContentsView:
    """A line of the table of contents; `depth` counts from 0, `range` is like 1–12."""

    anchor: str
    words: str
    depth: int
    range: str


@dataclass(frozen=True)
class VersionPage(Page):
    """A version to read. `differing`: articles whose text is not the registered one, for those who work on the bank.

    `compare` leads to what changed since the version before.
    """

    template: ClassVar[str] = "statutes/version.html"
    section: ClassVar[str] = "laws"
    styles: ClassVar[tuple[str, ...]] = ("page-laws",)
    modules: ClassVar[tuple[str, ...]] = ("laws",)

    head: VersionHead
    blocks: list[BlockView]
    contents: list[ContentsView]
    compare: str | None
    registered: str
    note: str
    may_import: bool


@dataclass(frozen=True)
class KinLine:
    """The same article in another version: `state` same, moved, changed or gone."""

    version: date
    words: str
    state: str
    address: str | None
    compare: str


@dataclass(frozen=True)
class ArticlePage(Page):
    """One article for good. `span_lost`: the address names a span that this text does not have. `current_address`:
    the article in the version in force, or that version where it has none."""

    template: ClassVar[str] = "statutes/article.html"
    section: ClassVar[str] = "laws"
    styles: ClassVar[tuple[str, ...]] = ("page-laws",)

    head: VersionHead
    article: LawArticle
    name: str
    enacted: str
    paragraphs: tuple[Paragraph, ...] | None
    span_lost: bool
    kin: list[KinLine]
    current_address: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    references: list[Reference] | None
    may_import: bool


@dataclass(frozen=True)
class ComparedView:
    """A line of the comparison; `words` of lines without wordings, `anchor` of the article."""

    kind: Change
    kind_name: str
    kind_tag: str
    anchor: str
    old: str
    old_address: str
    new: str
    new_address: str
    words: str
    left: Pieces
    right: Pieces


@dataclass(frozen=True)
class ComparePage(Page):
    """Two versions side by side. `by_words` is off where one of them has no text; `only`: no unchanged lines."""

    template: ClassVar[str] = "statutes/compare.html"
    section: ClassVar[str] = "laws"
    styles: ClassVar[tuple[str, ...]] = ("page-laws",)

    law: Law
    versions: list[LawVersion]
    before: LawVersion | None
    after: LawVersion | None
    by_words: bool
    only: bool
    counts: list[tuple[str, int]]
    lines: list[ComparedView]


@dataclass(frozen=True)
class ImportTextsPage(Page):
    template: ClassVar[str] = "statutes/import_texts.html"
    section: ClassVar[str] = "laws"
    styles: ClassVar[tuple[str, ...]] = ("page-laws",)

    form: ImportForm
    problem: str
    accept: str
    most_entries: int
    most_unpacked: int


@dataclass(frozen=True)
class ProblemLine:
    """What is wrong with a file, in the reader's language; `line` is None where the whole file is meant."""

    file: str
    line: int | None
    words: str


@dataclass(frozen=True)
class ImportedVersion:
    """A version that an import brought. `register`: what the register says of it, in words with their tag."""

    law: str
    version: date
    what: str
    register: str
    register_tag: str


@dataclass(frozen=True)
class DifferingVersion:
    """A version of which articles are not as registered: (name, address) of each."""

    law: str
    version: date
    articles: list[tuple[str, str]]


@dataclass(frozen=True)
class ImportedPage(Page):
    """What an import did. `figures`: (name, number); long lists are cut, their totals are whole."""

    template: ClassVar[str] = "statutes/imported.html"
    section: ClassVar[str] = "laws"
    styles: ClassVar[tuple[str, ...]] = ("page-laws",)

    job_id: UUID
    when: str
    figures: list[tuple[str, int]]
    problems: list[ProblemLine]
    problem_total: int
    notes: list[ProblemLine]
    note_total: int
    differing: list[DifferingVersion]
    table: Table[ImportedVersion]
    any_version: bool
