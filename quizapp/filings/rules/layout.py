"""A filing as a document of blocks: Word and PDF are drawn from the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quizapp.filings.rules.content import Column, Content, Row, code_of, shown
from quizapp.kernel.rates import Rate


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is printed at the foot. `at`: when the version was made; `address`: where it can be checked; `extract`:
    the file holds some units alone, and the digest is that of the whole."""

    number: str
    version: int
    at: str
    digest: str
    signature: str
    key: str
    address: str = ""
    extract: bool = False

    @property
    def line(self) -> str:
        part = "（节选）" if self.extract else ""
        return f"上报件 {self.number} 第 {self.version} 版{part}　核验码 {code_of(self.digest)}"


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` in millimetres. `levels`: how far the first cell of a row is set in; `strong`: rows in heavy type."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: bool = True
    levels: tuple[int, ...] = ()
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: heading, text, table, list (what is attached)."""

    kind: str
    text: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    title: str
    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """`to`: whom it speaks to, empty where nobody is named. The body ends with the place for seal and date; the
    attachments follow, each on a page of its own."""

    title: str
    to: str
    body: tuple[Block, ...]
    agency: str
    signed: bool
    attachments: tuple[Attachment, ...] = field(default=())


PORTRAIT, LANDSCAPE = 156.0, 225.0  # millimetres of type area on A4
WIDTHS = {"count": 10.5, "rate": 16.5, "mark": 13.5}
BREAKS = ("参考和合格情况报告", "结果的通报", "学法用法考试工作情况报告")
"""Where a long title may be broken: never within a word."""
LONG = 20  # characters of a title on one line


def document(content: Content, *, extract: bool = False) -> Document:
    """The whole document; of an extract only the attached tables, for the text speaks of everybody."""
    attachments = [Attachment(content.table_title, (Block("table", table=figures_table(content)),), wide=True)] if len(content.rows) > 1 or extract else []
    explained = [Block("table", table=summary_table(content, content.total))] if content.total is not None and not extract else []
    if content.definitions:
        explained.append(Block("table", table=definitions_table(content)))
    if explained:
        attachments.append(Attachment("汇总数据和统计口径说明" if len(explained) > 1 else "统计口径说明", tuple(explained)))
    body: list[Block] = []
    for section in () if extract else content.sections:
        body.append(Block("heading", section.heading))
        body += [Block("text", line) for line in section.text.split("\n") if line]
    title = broken(f"{content.title}（节选）" if extract else content.title)
    to = "各单位：" if content.kind == "notice" else ""
    return Document(title, to, tuple(body), content.agency, not extract, tuple(attachments))


def broken(title: str) -> str:
    """A long title in two lines."""
    at = next((title.find(end) for end in BREAKS if title.find(end) > 0), -1)
    return f"{title[:at]}\n{title[at:]}" if len(title) > LONG and at > 0 else title


def summary_table(content: Content, total: Row) -> Table:
    rows = []
    for column, value in zip(content.columns, total.values, strict=True):
        parts = (f"{value.numerator:,}", f"{value.denominator:,}") if isinstance(value, Rate) else ("", "")
        if column.key != "rank":
            rows.append((column.name, shown(column, value), *parts, column.base))
    return Table(("指标", "数值", "分子", "分母", "基数"), tuple(rows), (34, 30, 26, 26, 40))


def figures_table(content: Content) -> Table:
    """Every line with every figure."""
    widths = [WIDTHS[column.kind] for column in content.columns]
    first = LANDSCAPE - sum(widths)
    rows = tuple((row_name(row), *(shown(c, v) for c, v in zip(content.columns, row.values, strict=True))) for row in content.rows)
    strong = frozenset(place for place, row in enumerate(content.rows) if row.kind == "total")
    return Table((content.row_name, *(head(column) for column in content.columns)), rows, (first, *widths),
                 levels=tuple(row.level for row in content.rows), strong=strong)


def head(column: Column) -> str:
    return f"{column.name}\n{column.base}" if column.base else column.name


def row_name(row: Row) -> str:
    return f"{row.name}（{'、'.join(row.merged)}）" if row.merged else row.name


def definitions_table(content: Content) -> Table:
    return Table(("名词", "口径"), tuple(content.definitions), (26, PORTRAIT - 26), numeric=False)


def attached(names: Sequence[str]) -> list[str]:
    """附件： as official documents list them."""
    if len(names) == 1:
        return [f"附件：{names[0]}"]
    return [f"附件：1. {names[0]}", *(f"　　　{place}. {name}" for place, name in enumerate(names[1:], 2))]
