"""Reading the permission matrix, and showing it as a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "security"
SOURCE, PAGE = FOLDER / "permissions.yaml", FOLDER / "permissions.md"

NOBODY, CANDIDATE, LIAISON = "nobody", "candidate", "liaison"
ROLES = ("exam_admin", LIAISON, "editor", "reviewer", "system_admin", "security_admin", "auditor", CANDIDATE, NOBODY)
SIGNED_IN = tuple(role for role in ROLES if role != NOBODY)
GROUPS = {"everybody": ROLES, "signed_in": SIGNED_IN}
REACHES = ("all", "unit", "own")
SIGNS = {"all": "●", "unit": "◐", "own": "○", "": "–"}


@dataclass(frozen=True, eq=False)
class Row:
    """One route and method. `who`: role → reach (all, unit or own); roles that are absent are refused.
    `conditions` hold for each role that is let in, `liaison_conditions` for liaisons besides."""

    area: str
    route: str
    method: str
    address: str
    what: str
    who: dict[str, str]
    conditions: tuple[str, ...]
    liaison_conditions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def refused(self) -> tuple[str, ...]:
        return tuple(role for role in ROLES if role not in self.who)

    def conditions_for(self, role: str) -> tuple[str, ...]:
        return self.conditions + (self.liaison_conditions if role == LIAISON else ())


@dataclass(frozen=True)
class Area:
    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Matrix:
    roles: dict[str, str]
    conditions: dict[str, str]
    areas: tuple[Area, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for area in self.areas for row in area.rows)


def read(source: Path = SOURCE) -> Matrix:
    """The matrix as it is written. Raises ValueError for a word that nothing explains."""
    written: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    areas = tuple(
        Area(area["area"], area["title"], tuple(_row(area["area"], row) for row in area["rows"]))
        for area in written["areas"]
    )
    found = Matrix(written["roles"], written["conditions"], areas)
    used = {word for row in found.rows for word in (*row.conditions, *row.liaison_conditions)}
    if used ^ found.conditions.keys():
        raise ValueError(f"conditions without a sentence, or without a row: {sorted(used ^ found.conditions.keys())}")
    if tuple(found.roles) != ROLES:
        raise ValueError(f"the roles are {ROLES}")
    return found


def _row(area: str, row: dict[str, Any]) -> Row:
    unknown = row.keys() - {"route", "method", "address", "who", "while", "liaison_while", "what"}
    if unknown:
        raise ValueError(f"{row['route']}: no such column: {sorted(unknown)}")
    return Row(area, row["route"], row["method"], row["address"], row["what"], _who(row["route"], row["who"]),
               tuple(row.get("while", ())), tuple(row.get("liaison_while", ())))


def _who(route: str, words: list[str]) -> dict[str, str]:
    """Role → reach. A role that is named reaches as far as it says, whatever a group says of it."""
    named: dict[str, str] = {}
    grouped: dict[str, str] = {}
    for word in words:
        name, _sign, reach = word.partition("=")
        reach = reach or "all"
        if reach not in REACHES or name not in (*GROUPS, *ROLES):
            raise ValueError(f"{route}: {word} is neither a role nor a group with a reach")
        if name in GROUPS:
            grouped |= dict.fromkeys(GROUPS[name], reach)
        else:
            named[name] = reach
    return grouped | named


# ---------------------------------------------------------------- the page

INTRODUCTION = """\
<!-- Made from permissions.yaml by `python -m tests.permissions`; change that file, never this one. -->

# 权限表 · Permissions

每个地址、每个方法一行：谁可以，管多大范围，还要满足什么条件。表由 [permissions.yaml](permissions.yaml) 生成；测试把每一行对照正在运行的程序，逐个角色、逐个范围核对，缺一行、多一行或者不一致，构建就不通过。

One row per address and method: who may, how far they reach, and what has to be so besides. The tables are made from [permissions.yaml](permissions.yaml); the tests hold the running application to every row, role by role and unit by unit. A missing row, a superfluous one, or one that is not true fails the build.

- ● 全部 · everything
- ◐ 本人负责的单位和下属单位 · the liaison's units and the units below them
- ○ 只有本人的 · only what is the person's own
- – 拒绝 · refused

没有登录的人被带到登录页（程序接口得到 401）；角色不够的得到 403；范围以外的对象和不存在的对象一样是 404，说的话也一样。被拒绝的请求什么都不写入。一个人有几个角色的，取各角色之和。每个有账号的人都是考生。

Whoever is not signed in is led to the sign-in page (programs get 401); a role that does not suffice gets 403; an object out of reach is a 404 in the same words as one that does not exist. A refused request writes nothing. Whoever holds several roles may do what any of them may. Everybody with an account is a candidate.

## 要知道的几处 · Worth knowing

- **审计记录、计划、题库不分单位。**它们写明的角色看得到全部。 · The audit record, plans and the bank are not split by unit: the roles named see all of them.
- **名单和报表按发布考试那天的单位。**以后调走的人，原单位的联络员仍看得到他在那场考试里的一行。 · Rosters and reports go by the unit on the day of publishing: whoever moved later stays on their former unit's line of that exam.
- **联络员看得到本单位的人以前在哪个单位。** · A liaison sees in which units the people of their units were before.
- **名册导入按工号改姓名、职务层次、岗位类别和单位，对谁都一样**，不论他有什么角色；它不动账号、密码和角色。 · A roster import changes name, rank, post type and unit of everybody it lists, whatever their roles; it touches no account, password or role.
- **能停用、能发链接的人就能冒充。**所以一次性链接、停用和强制退出不能用在角色更高的人身上，有角色的人由安全管理员办，每次都进审计记录。 · Whoever hands out a password link could act as that person: links, deactivation and forced sign-out never reach further up, those of holders of a role are the security administrator's, and each is on record.
- **离开是人事，不是账号。**系统管理员（和名册导入）登记任何人离开，包括有角色的人；回来的人不带以前的角色。最后一位系统管理员、安全管理员不能登记离开。 · A departure is a fact about a person, not about an account: system administrators (and rosters) enter it for holders of roles too, and roles do not come back with the person. The last system or security administrator cannot leave.
- **第一个账号同时是系统管理员和安全管理员，**升级以前的系统管理员也是；在分给两个人以前，名单和本人页面一直提示。 · The first account holds system and security, as do system administrators from before the upgrade; until two people share them, the list and the page of the person say so.
"""


def page(matrix: Matrix) -> str:
    """The whole page in Markdown."""
    return "\n".join([INTRODUCTION, *_tables(matrix), *_conditions(matrix)]) + "\n"


def _tables(matrix: Matrix) -> Iterator[str]:
    for area in matrix.areas:
        yield f"## {area.title}\n"
        yield "| " + " | ".join(["做什么 · What", "地址 · Address", *map(_short, matrix.roles.values()), "条件 · While"]) + " |"
        yield "|---|---|" + ":-:|" * len(matrix.roles) + "---|"
        yield from (_line(row) for row in area.rows)
        yield ""


def _short(name: str) -> str:
    return name.replace(" · ", "<br>")


def _line(row: Row) -> str:
    signs = [SIGNS[row.who.get(role, "")] for role in ROLES]
    conditions = [f"[{word}](#{word})" for word in row.conditions]
    conditions += [f"◐ [{word}](#{word})" for word in row.liaison_conditions]
    address = row.address.replace("|", "\\|")
    return "| " + " | ".join([row.what, f"{row.method} `{address}`", *signs, ", ".join(conditions)]) + " |"


def _conditions(matrix: Matrix) -> Iterator[str]:
    yield "## 条件 · Conditions\n"
    yield "| 词 · Word | 意思 · Meaning |"
    yield "|---|---|"
    yield from (f'| <a id="{word}"></a>{word} | {meaning} |' for word, meaning in matrix.conditions.items())
