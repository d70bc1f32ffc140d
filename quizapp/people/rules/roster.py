"""Reading a roster: rows of cells to people, and what would change against today. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from quizapp.kernel.errors import InputError
from quizapp.kernel.text import to_half_width
from quizapp.people.rules.headings import (
    BRANCH,
    COLUMNS,
    LOGIN,
    NAME,
    POST_TYPE,
    RANK,
    REQUIRED,
    UNIT_CODE,
    UNIT_NAME,
    Head,
    find_head,
)

# as wide as the columns of the table `person`
LENGTHS = {LOGIN: 40, NAME: 80, UNIT_CODE: 40, UNIT_NAME: 120, RANK: 40, POST_TYPE: 40, BRANCH: 120}
MAX_ROWS = 100_000
LONG = 1_000  # rows; what is longer is written by the worker
Leaving = Collection[int] | Literal["everybody"]
EVERYBODY: Literal["everybody"] = "everybody"
_LOGIN_SHAPE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._@-]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell: the row as the spreadsheet counts it (from 1), its column, a source sentence."""

    row: int
    column: str
    message: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the roster, cleaned. `unit_code` or `unit_name` may be empty, not both. `branch`: code or name of a
    Party branch; "" leaves it as it is."""

    row: int
    login: str
    name: str
    unit_code: str
    unit_name: str
    rank: str
    post_type: str
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the platform knows them today; `going`: their departure is entered for a later day. `branch_id` is
    that of their Party branch."""

    person_id: int
    login: str
    name: str
    rank: str
    post_type: str
    unit_id: int | None
    unit_name: str
    active: bool
    going: bool = False
    branch_id: int | None = None
    branch_name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An open unit."""

    unit_id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with the unit it names, and whom it is about if the platform knows them. `branch`: the Party branch that it
    names, if any."""

    entry: Entry
    unit: Place
    known: Known | None
    branch: Place | None = None

    @property
    def changes_branch(self) -> bool:
        return self.branch is not None and (self.known is None or self.known.branch_id != self.branch.unit_id)

    @property
    def changes_facts(self) -> bool:
        """Whether name, rank or post type differ from what is known."""
        known, entry = self.known, self.entry
        return known is not None and (known.name, known.rank, known.post_type) != (entry.name, entry.rank, entry.post_type)


@dataclass(frozen=True)
class Difference:
    """What an import would do. `moved` people may have changed facts as well, and may be appointed anew; `absent`
    people are listed, and leave only where somebody says so."""

    new: list[Placed]
    moved: list[Placed]
    changed: list[Placed]
    unchanged: list[Placed]
    absent: list[Known]
    problems: list[Problem]

    @property
    def inactive(self) -> list[Placed]:
        """People in the file whose account is deactivated: an import leaves them so."""
        rows = (*self.moved, *self.changed, *self.unchanged)
        return [row for row in rows if row.known is not None and not row.known.active]

    @property
    def writes(self) -> int:
        return len(self.new) + len(self.moved) + len(self.changed)

    def leavers(self, chosen: Leaving, by: int | None) -> list[Known]:
        """The absent people who are to leave: those chosen, or all. Whoever imports never sends themselves away."""
        return [k for k in self.absent if (chosen == EVERYBODY or k.person_id in chosen) and k.person_id != by]

    def summary(self, left: Sequence[Known] = ()) -> dict[str, object]:
        """For the audit record: counts, and the first 200 work numbers that were touched."""
        touched = [p.entry.login for p in (*self.new, *self.moved, *self.changed)]
        return {"new": len(self.new), "moved": len(self.moved), "changed": len(self.changed),
                "unchanged": len(self.unchanged), "left": len(left), "not_in_file": len(self.absent) - len(left),
                "logins": touched[:200], "left_logins": [known.login for known in left][:200]}

    def fingerprint(self) -> str:
        """The same for the same acts on the same people: what was shown is what is confirmed."""
        acts = [(kind, p.entry, p.unit.unit_id, p.known, p.branch) for kind in ("new", "moved", "changed")
                for p in getattr(self, kind)]
        absent = [known.person_id for known in self.absent]
        return hashlib.sha256(repr((acts, absent)).encode()).hexdigest()


def read(rows: Sequence[Sequence[str]], head: Head | None = None) -> tuple[list[Entry], list[Problem]]:
    """Entries and problems of a sheet; without `head` its columns are found by their headings, in any order.

    Raises InputError when a needed column is missing, the sheet is empty or longer than MAX_ROWS.
    """
    return read_below(rows, head or find_head(rows))


def read_below(rows: Iterable[Sequence[str]], head: Head) -> tuple[list[Entry], list[Problem]]:
    """As `read`, for rows that come one after the other."""
    if head.missing:
        raise InputError("表头缺少：%(columns)s。请下载模板，按模板的表头填写", columns="、".join(head.missing))
    numbered = ((number, [clean(cell) for cell in row]) for number, row in enumerate(rows, 1) if number > head.row)
    filled = ((number, cells) for number, cells in numbered if any(cells))
    where = head.where
    entries: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for count, (number, cells) in enumerate(filled, 1):
        if count > MAX_ROWS:
            raise InputError("名册超过 %(n)s 行，请分成几个文件导入", n=MAX_ROWS)
        entry = _entry(number, where, cells)
        found = list(_faults(entry))
        first = seen.setdefault(entry.login.lower(), number)
        if entry.login and first != number:
            found.append(Problem(number, LOGIN, "工号 %(login)s 与第 %(first)s 行重复，请只留一行",
                                 {"login": entry.login, "first": first}))
        problems += found
        if not found:
            entries.append(entry)
    if not seen:
        raise InputError("名册里没有人员：请在表头下面每人填写一行")
    return entries, problems


def clean(cell: str) -> str:
    """One line without spaces around it. A text that looks like a formula stays the text that it is."""
    return " ".join(cell.split())


def _entry(number: int, where: Mapping[str, int], cells: Sequence[str]) -> Entry:
    def cell(name: str) -> str:
        index = where.get(name)
        return cells[index] if index is not None and index < len(cells) else ""

    return Entry(number, to_half_width(cell(LOGIN)), cell(NAME), to_half_width(cell(UNIT_CODE)), cell(UNIT_NAME),
                 cell(RANK), cell(POST_TYPE), cell(BRANCH))


def _faults(entry: Entry) -> Iterator[Problem]:
    cells = {LOGIN: entry.login, NAME: entry.name, UNIT_CODE: entry.unit_code, UNIT_NAME: entry.unit_name,
             RANK: entry.rank, POST_TYPE: entry.post_type, BRANCH: entry.branch}
    for column, text in cells.items():
        if column in REQUIRED and not text:
            yield Problem(entry.row, column, "没有填写，请补上")
        elif len(text) > LENGTHS[column]:
            yield Problem(entry.row, column, "超过 %(n)s 个字，请缩短", {"n": LENGTHS[column]})
        elif _CONTROL.search(text):
            yield Problem(entry.row, column, "含有不能识别的字符，请重新输入这一格")
    if entry.login and len(entry.login) <= LENGTHS[LOGIN] and not _LOGIN_SHAPE.fullmatch(entry.login):
        yield Problem(entry.row, LOGIN, "只能用字母、数字和 . _ - @，并以字母或者数字开头")
    if not entry.unit_code and not entry.unit_name:
        yield Problem(entry.row, UNIT_CODE, "没有填写，请补上")


def compare(
    entries: Sequence[Entry], known: Iterable[Known], places: Sequence[Place], problems: Sequence[Problem] = (),
    party: Sequence[Place] = (),
) -> Difference:
    """What importing these entries would change. Units are found by code, or by a name that only one unit has; Party
    branches (`party`) by either."""
    by_login = {person.login.lower(): person for person in known}
    by_code = {place.code: place for place in places}
    by_name, branches = _named(places), _Branches({place.code: place for place in party}, _named(party))
    result = Difference([], [], [], [], [], list(problems))
    for entry in entries:
        found, branch = _place(entry, by_code, by_name), branches.find(entry)
        wrong = [one for one in (found, branch) if isinstance(one, Problem)]
        result.problems.extend(wrong)
        if isinstance(found, Place) and not isinstance(branch, Problem):
            _sort(result, Placed(entry, found, by_login.get(entry.login.lower()), branch))
    named = {entry.login.lower() for entry in entries}
    here = (p for p in by_login.values() if p.active and p.unit_id and not p.going)
    result.absent.extend(p for p in here if p.login.lower() not in named)
    result.problems.sort(key=lambda p: (p.row, COLUMNS.index(p.column)))
    return result


def _named(places: Iterable[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place.name, []).append(place)
    return found


@dataclass(frozen=True)
class _Branches:
    """The open Party branches, by code and by name."""

    by_code: Mapping[str, Place]
    by_name: Mapping[str, list[Place]]

    def find(self, entry: Entry) -> Place | Problem | None:
        """The branch that the row names; None where it names none."""
        if not entry.branch:
            return None
        coded = self.by_code.get(to_half_width(entry.branch))
        same = [coded] if coded else self.by_name.get(entry.branch, [])
        if not same:
            return Problem(entry.row, BRANCH, "没有编码或者名称是“%(name)s”的党支部，请核对，或者先在“单位”页面新增",
                           {"name": entry.branch})
        if len(same) > 1:
            return Problem(entry.row, BRANCH, "叫“%(name)s”的党支部有 %(n)s 个，请改填编码", {"name": entry.branch, "n": len(same)})
        return same[0]


def _place(entry: Entry, by_code: Mapping[str, Place], by_name: Mapping[str, list[Place]]) -> Place | Problem:
    if entry.unit_code:
        place = by_code.get(entry.unit_code)
        if place is None:
            return Problem(entry.row, UNIT_CODE, "没有编码为 %(code)s 的单位，请核对，或者先在“单位”页面新增",
                           {"code": entry.unit_code})
        if entry.unit_name and entry.unit_name != place.name:
            return Problem(entry.row, UNIT_NAME, "编码 %(code)s 的单位叫“%(name)s”，与这里填的不一致，请核对",
                           {"code": place.code, "name": place.name})
        return place
    same = by_name.get(entry.unit_name, [])
    if not same:
        return Problem(entry.row, UNIT_NAME, "没有叫“%(name)s”的单位，请核对，或者先在“单位”页面新增",
                       {"name": entry.unit_name})
    if len(same) > 1:
        return Problem(entry.row, UNIT_CODE, "叫“%(name)s”的单位有 %(n)s 个，请填写单位编码",
                       {"name": entry.unit_name, "n": len(same)})
    return same[0]


def _sort(result: Difference, row: Placed) -> None:
    if row.known is None:
        result.new.append(row)
    elif row.known.unit_id != row.unit.unit_id:
        result.moved.append(row)
    elif row.changes_facts or row.changes_branch:
        result.changed.append(row)
    else:
        result.unchanged.append(row)
