"""What the headings of a roster file mean: by their own name, by another usual name, or as somebody once said. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.kernel.errors import InputError
from quizapp.kernel.text import to_half_width

LOGIN, NAME, UNIT_CODE, UNIT_NAME, RANK, POST_TYPE = "工号", "姓名", "单位编码", "单位名称", "职务层次", "岗位类别"
BRANCH = "党支部"
COLUMNS = (LOGIN, NAME, UNIT_CODE, UNIT_NAME, RANK, POST_TYPE, BRANCH)
REQUIRED = (LOGIN, NAME)
# what personnel systems call them; the order within a column is that of preference
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    LOGIN: ("人员编号", "人员编码", "职工号", "职工编号", "员工号", "员工编号", "工作证号", "账号", "登录账号", "work number",
            "staff number", "employee id", "login"),
    NAME: ("人员姓名", "职工姓名", "员工姓名", "名字", "name", "full name"),
    UNIT_CODE: ("单位代码", "单位编号", "部门编码", "部门代码", "部门编号", "机构编码", "机构代码", "unit code", "department code"),
    UNIT_NAME: ("单位", "所在单位", "工作单位", "部门", "所在部门", "部门名称", "处室", "所在处室", "科室", "机构名称", "unit",
                "unit name", "department"),
    RANK: ("职级", "级别", "职务级别", "职务职级", "rank", "grade"),
    POST_TYPE: ("岗位", "岗位类型", "岗位性质", "人员类别", "post type", "post"),
    BRANCH: ("所在党支部", "所属党支部", "党支部名称", "党支部编码", "所在支部", "所属支部", "支部", "党组织", "所在党组织", "所属党组织",
             "party branch"),
}
# above the headings there may be a title and a line with the day and the maker of the list
SEARCHED = 10
LONGEST = 120


@dataclass(frozen=True)
class Head:
    """The row of headings: its number as the spreadsheet counts (from 1), its texts, and which column is what.

    `where` maps a column of the roster to an index. `doubtful` are columns that several headings could mean.
    """

    row: int
    texts: tuple[str, ...]
    where: Mapping[str, int]
    doubtful: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """What a roster cannot do without and this one has not got."""
        lacking = [name for name in REQUIRED if name not in self.where]
        return lacking if {UNIT_CODE, UNIT_NAME} & self.where.keys() else [*lacking, UNIT_CODE]

    @property
    def choosable(self) -> list[int]:
        """The indexes that a person may choose from: a heading that stands there once can be remembered."""
        keys = [key(text) for text in self.texts]
        return [index for index, text in enumerate(keys) if text and keys.count(text) == 1]

    def place(self, column: str) -> tuple[str, str] | None:
        """Where a column of the roster stands in the file: its letter, and its heading where that is another."""
        index = self.where.get(column)
        if index is None:
            return None
        text = self.texts[index].strip("*＊ ")
        return letter(index), "" if text == column else text

    def shown(self, column: str) -> str:
        """A column with its place in the file, in the source language: `单位名称（D 列“部门”）`."""
        place = self.place(column)
        if place is None:
            return column
        own = f"“{place[1]}”" if place[1] else ""
        return f"{column}（{place[0]} 列{own}）"


def key(text: str) -> str:
    """A heading without what does not matter: marks of required fields, spaces, width and case."""
    return "".join(to_half_width(text).split()).strip("*:").lower()[:LONGEST]


def letter(index: int) -> str:
    """The name of a column as spreadsheets show it, from index 0: A, B, … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def find_head(rows: Sequence[Sequence[str]], remembered: Mapping[str, str] | None = None) -> Head:
    """The row of headings: of the first filled rows the one that names most columns, the upper of equals.

    `remembered` maps the key of a heading to what somebody chose for it ("" for nothing).
    Raises InputError where two headings have the same name of the roster.
    """
    filled = ((number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row))
    first = [Head(number, tuple(row), {}) for (number, row), _n in zip(filled, range(SEARCHED), strict=False)]
    read = [_recognised(head, remembered or {}) for head in first]
    best = max(read, key=_weight, default=Head(0, (), {}))
    names = [text.strip("*＊ ") for text in best.texts]
    for name in COLUMNS:
        if names.count(name) > 1:
            raise InputError("表头里有两列“%(column)s”，请只留一列", column=name)
    return best


def _weight(head: Head) -> tuple[int, int]:
    """Where nothing is recognised, the fullest row is more of a head than a title is."""
    return len(head.where), 0 if head.where else sum(bool(text.strip()) for text in head.texts)


def _recognised(head: Head, remembered: Mapping[str, str]) -> Head:
    """By what somebody chose, then by the names of the roster, then by other names that only one heading has."""
    keys = {index: key(head.texts[index]) for index in range(len(head.texts)) if head.texts[index].strip()}
    where: dict[str, int] = {}
    doubtful: list[str] = []
    for index, text in keys.items():
        if remembered.get(text):
            where.setdefault(remembered[text], index)
    for names in ({name: (name,) for name in COLUMNS}, OTHER_NAMES):
        taken = {*where.values(), *(index for index, text in keys.items() if text in remembered)}
        for column, words in names.items():
            wanted = {key(word) for word in words}
            found = [index for index, text in keys.items() if text in wanted and index not in taken]
            if column in where or not found:
                continue
            if len(found) > 1 and names is OTHER_NAMES:
                doubtful.append(column)
            else:
                where[column] = found[0]
    return Head(head.row, head.texts, where, tuple(doubtful))


def check_choice(head: Head, chosen: Mapping[str, int | None]) -> Head:
    """The head with columns as somebody chose them. Raises InputError where that makes no roster."""
    where = {column: index for column, index in chosen.items() if index is not None}
    if any(index not in head.choosable for index in where.values()):
        raise InputError("只能选有表头、而且表头不重复的列，请先在文件里写上表头")
    for column, index in where.items():
        others = [other for other in where if other != column and where[other] == index]
        if others:
            raise InputError("“%(first)s”和“%(second)s”选了同一列，请改正其中一个", first=column, second=others[0])
    made = Head(head.row, head.texts, where)
    if made.missing:
        raise InputError("还没有选：%(columns)s。工号、姓名要选，单位编码和单位名称至少选一个",
                         columns="、".join(made.missing))
    return made


def lessons(head: Head) -> dict[str, str]:
    """What to remember of a choice: every heading that can be told from the others, with its column or ""."""
    column_of = {index: column for column, index in head.where.items()}
    return {key(head.texts[index]): column_of.get(index, "") for index in head.choosable}
