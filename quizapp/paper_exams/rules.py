"""A sheet of results checked against the roster: what would be written, and what is wrong in which cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import show_marks
from quizapp.kernel.text import to_half_width

LOGIN, NAME, UNIT, SCORE, NOTE = COLUMNS = ("工号", "姓名", "单位", "成绩", "备注")
NEEDED = (LOGIN, SCORE)
ABSENT = ("缺考", "未考", "缺席")
MAX_ROWS = 50_000
NOT_EXPECTED = {
    "excused": "这个人在名单里是免考，不能有成绩；实际参加了的，请先改为应考",
    "deferred": "这个人在名单里是缓考，不能有成绩；实际参加了的，请先改为应考",
}

Kind = Literal["new", "changed", "same", "withdrawn", "absent"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person on the roster as the sheet is checked against them. `score` is the result on paper so far."""

    id: int
    login: str
    name: str
    unit: str
    status: str
    score: Decimal | None = None
    sat_online: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What a row would do. `row` is its number in the sheet (1-based, the head is 1); `after` None is absent."""

    row: int
    candidate: Candidate
    kind: Kind
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that is wrong: a Chinese source string with %(name)s placeholders, and the cell as it was."""

    row: int
    column: str
    cell: str
    message: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True, slots=True)
class Trial:
    """A whole sheet as it would be written. `unlisted`: expected people without a row in it."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    unlisted: tuple[Candidate, ...]

    def of(self, kind: Kind) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @property
    def writes(self) -> list[Line]:
        """The lines that change something."""
        return [line for line in self.lines if line.kind in ("new", "changed", "withdrawn")]

    @property
    def without(self) -> int:
        """Expected people who will have no result afterwards."""
        return sum(line.after is None for line in self.lines) + sum(one.score is None for one in self.unlisted)


def check_sheet(rows: Sequence[Sequence[str]], roster: Sequence[Candidate], total: Decimal) -> Trial:
    """Check every row. `rows` are cells as text, the first row that has any is the head; `total` the full marks.

    Raises InputError when the sheet has no head with the needed columns, no rows, or too many.
    """
    head_row, places = _head(rows)
    body = [(number, row) for number, row in enumerate(rows, 1) if number > head_row and any(map(str.strip, row))]
    if not body:
        raise InputError("表里没有成绩，请在表头下面逐行填写")
    if len(body) > MAX_ROWS:
        raise InputError("表里有 %(n)s 行，一次最多 %(limit)s 行", n=len(body), limit=MAX_ROWS)
    people = {candidate.login.casefold(): candidate for candidate in roster}
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[int, int] = {}
    for number, row in body:
        cells = {name: _plain(row[place]) if place < len(row) else "" for name, place in places.items()}
        found = _check_row(number, cells, people, seen, total)
        if isinstance(found, Line):
            lines.append(found)
        else:
            problems += found
    unlisted = tuple(one for one in roster if one.status == "expected" and one.id not in seen)
    return Trial(tuple(lines), tuple(problems), unlisted)


def _head(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(rows[:10], 1):
        names = [_plain(cell) for cell in row]
        if LOGIN in names:
            missing = [name for name in NEEDED if name not in names]
            if missing:
                raise InputError("表头里没有“%(column)s”一列，请用本场考试的模板", column=missing[0])
            double = [name for name in COLUMNS if names.count(name) > 1]
            if double:
                raise InputError("表头里“%(column)s”一列出现了两次，请删去一列", column=double[0])
            return number, {name: names.index(name) for name in COLUMNS if name in names}
    raise InputError("前 10 行里没有“%(column)s”这个表头，请用本场考试的模板", column=LOGIN)


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it, and without spaces around."""
    return cell.strip().removeprefix("'").strip()


def _check_row(
    number: int, cells: Mapping[str, str], people: Mapping[str, Candidate], seen: dict[int, int], total: Decimal
) -> Line | list[Problem]:
    def problem(column: str, message: str, **values: object) -> Problem:
        return Problem(number, column, cells.get(column, ""), message, values)

    login = to_half_width(cells[LOGIN]).strip()
    if not login:
        return [problem(LOGIN, "请填写工号")]
    candidate = people.get(login.casefold())
    if candidate is None:
        return [problem(LOGIN, "这场考试的名单里没有这个工号，请核对；应当参加的，请联系考试管理员")]
    if candidate.id in seen:
        return [problem(LOGIN, "与第 %(row)s 行重复，请删去一行", row=seen[candidate.id])]
    seen[candidate.id] = number
    name = cells.get(NAME, "")
    if name and _letters(name) != _letters(candidate.name):
        return [problem(NAME, "名单上这个工号是%(name)s，请核对是否串行", name=candidate.name)]
    try:
        score = read_score(cells[SCORE], total)
    except InputError as error:
        return [Problem(number, SCORE, cells[SCORE], error.message, error.values)]
    if score is not None and candidate.status != "expected":
        return [problem(SCORE, NOT_EXPECTED[candidate.status])]
    if score is not None and candidate.sat_online:
        return [problem(SCORE, "这个人已经在线作答，不能再登记纸质成绩")]
    return _line(number, candidate, score, cells[SCORE])


def _letters(name: str) -> str:
    return "".join(to_half_width(name).split()).casefold()


def _line(number: int, candidate: Candidate, score: Decimal | None, cell: str) -> Line:
    """An empty cell leaves what is registered; 缺考 takes it back."""
    before = candidate.score
    if score is None:
        if before is None:
            return Line(number, candidate, "absent", None, None)
        return Line(number, candidate, "withdrawn", before, None) if cell else Line(number, candidate, "same", before, before)
    kind: Kind = "new" if before is None else "same" if before == score else "changed"
    return Line(number, candidate, kind, before, score)


def read_score(cell: str, total: Decimal) -> Decimal | None:
    """Marks as typed, or None for an empty cell or a word of ABSENT. Raises InputError."""
    plain = to_half_width(cell).strip().removesuffix("分").strip()
    if not plain or plain in ABSENT:
        return None
    try:
        score = Decimal(plain)
    except InvalidOperation:
        score = Decimal("NaN")
    if not score.is_finite():
        raise InputError("成绩要写数字，没有参加的写“缺考”或者留空")
    if not 0 <= score <= total:
        raise InputError("成绩应当在 0 到 %(total)s 之间", total=show_marks(total))
    if score != round(score, 2):
        raise InputError("成绩最多两位小数")
    return score
