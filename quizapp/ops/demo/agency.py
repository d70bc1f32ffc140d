"""Units and people of the invented agency."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.models import Person, Unit
from quizapp.people.rules.memberships import PARTY

AGENCY = "清溪市机关事务管理局"
SINCE = date(2021, 1, 4)

# (name, own people, children); a unit with children may have people of its own
Tree = tuple[str, int, tuple["Tree", ...]]
TREE: tuple[Tree, ...] = (
    ("局机关", 6, (
        ("办公室", 9, ()), ("政策法规处", 6, ()), ("资产管理处", 7, ()), ("办公用房管理处", 8, ()),
        ("公务用车管理处", 6, ()), ("公共机构节能处", 7, ()), ("财务处", 6, ()), ("人事处", 5, ()),
    )),
    ("机关服务中心", 5, (("物业服务科", 22, ()), ("餐饮服务科", 26, ()), ("会议服务科", 14, ()))),
    ("办公用房管理服务中心", 24, ()),
    ("公务用车服务中心", 4, (("运行保障一队", 21, ()), ("运行保障二队", 19, ()), ("综合调度科", 9, ()))),
    ("公共机构节能中心", 15, ()),
    ("资产与采购服务中心", 23, ()),
    ("接待服务中心", 28, ()),
    ("机关幼儿园", 31, ()),
    ("信息保障中心", 12, ()),
    ("督查组", 3, ()),
    ("档案室", 3, ()),
)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN_FIRST = "静安明远清和文思嘉景书怀若知予子一以承砚秋雨晓晨宇浩泽志建国春立永新海云晴雪梅兰竹松柏岚川宁博雅正德启航向东卫平"
GIVEN_LAST = "安然远航明轩之恒毅宁诚信达成林峰涛波洁颖芳琳娜敏慧瑶琪霞莹蕾丹凡磊鑫鹏飞杰军强伟刚勇"

# Party branches, each with every third person of the units below that one
BRANCHES = (("机关第一党支部", "局机关"), ("车辆服务党支部", "公务用车服务中心"), ("机关服务党支部", "机关服务中心"))

RANKS = (("厅级", 0.012), ("处级", 0.10), ("科级", 0.34), ("科员及以下", 0.548))
POSTS = (("综合管理", 0.52), ("行政执法", 0.08), ("专业技术", 0.16), ("工勤保障", 0.24))


@dataclass(frozen=True)
class Account:
    """A sign-in that the demo prints. `role` is the word that people read."""

    login: str
    name: str
    role: str


ADMINISTRATOR = "qx10001"
NAMED = (
    (ADMINISTRATOR, "何静安", "局机关/政策法规处", (Role.EXAM_ADMIN,), "考试管理员"),
    ("qx10002", "陆知远", "公务用车服务中心/综合调度科", (Role.LIAISON,), "单位联络员"),
    ("qx10003", "宋嘉禾", "局机关/政策法规处", (Role.EDITOR,), "命题员"),
    ("qx10004", "顾景明", "局机关/政策法规处", (Role.REVIEWER,), "审题人（公职律师）"),
    ("qx10005", "邵启航", "信息保障中心", (Role.SYSTEM_ADMIN,), "系统管理员"),
    ("qx10006", "秦若宁", "局机关/办公室", (Role.AUDITOR,), "审计员"),
    ("qx20417", "沈砚秋", "公务用车服务中心/综合调度科", (), "考生"),
)

# the second persons for what takes two, and whoever grants roles: invented people, who keep everything but the name, so
# that the figures of the demo stay what they are
SECOND = ("qx30007", "许明远", Role.EXAM_ADMIN, "考试管理员")
SECURITY = ("qx30008", "纪安平", Role.SECURITY_ADMIN, "安全管理员")
SECOND_SYSTEM = ("qx30009", "容若谷", Role.SYSTEM_ADMIN, "系统管理员")
BESIDE = (SECOND, SECURITY, SECOND_SYSTEM)


def make_units(session: Session) -> dict[str, Unit]:
    """The tree below the agency, by `parent/child` names; the agency itself under its own name."""
    top = service.add_unit(session, "QX", AGENCY, None, 1)
    found = {AGENCY: top}

    def grow(branches: tuple[Tree, ...], parent: Unit, prefix: str, code: str) -> None:
        for position, (name, _size, children) in enumerate(branches, 1):
            unit = service.add_unit(session, f"{code}{position:02d}", name, parent, position)
            found[f"{prefix}{name}"] = unit
            grow(children, unit, f"{prefix}{name}/", f"{code}{position:02d}")

    grow(TREE, top, "", "QX")
    return found


def sizes() -> dict[str, int]:
    """How many people each unit has of its own, by the same names as `make_units`."""
    found: dict[str, int] = {}

    def walk(branches: tuple[Tree, ...], prefix: str) -> None:
        for name, size, children in branches:
            found[f"{prefix}{name}"] = size
            walk(children, f"{prefix}{name}/")

    walk(TREE, "")
    return found


def make_people(session: Session, units: dict[str, Unit], chance: random.Random) -> list[Person]:
    """The named accounts first, then invented people until every unit has its size."""
    people: list[Person] = []
    left = sizes()
    for login, name, unit, roles, _word in NAMED:
        person = service.add_person(session, login, name, units[unit], SINCE, "科级", "综合管理")
        for role in roles:
            liaison_unit = units["公务用车服务中心"].id if role is Role.LIAISON else None
            service.grant(session, person.id, role, liaison_unit)
        left[unit] -= 1
        people.append(person)
    used = {person.name for person in people}
    number = 30000
    for unit, count in left.items():
        for _n in range(max(0, count)):
            number += 1
            name = invented_name(chance, used)
            people.append(service.add_person(session, f"qx{number}", name, units[unit], SINCE,
                                             picked(chance, RANKS), picked(chance, POSTS)))
    for login, name, role, _word in BESIDE:
        person = next(person for person in people if person.login == login)
        person.name = name
        service.grant(session, person.id, role)
    make_branches(session, units)
    return people


def make_branches(session: Session, units: dict[str, Unit]) -> None:
    """The second tree: a Party committee and its branches."""
    committee = service.add_unit(session, "QXP", "机关党委", None, 1, PARTY)
    members = queries.members_on(session, SINCE)
    for position, (name, unit) in enumerate(BRANCHES, 1):
        branch = service.add_unit(session, f"QXP{position:02d}", name, committee, position, PARTY)
        inside = sorted(one.person_id for one in members if one.path.startswith(units[unit].path))
        for person_id in inside[::3]:
            service.join_branch(session, person_id, branch.id, SINCE)


def invented_name(chance: random.Random, used: set[str]) -> str:
    while True:
        name = chance.choice(SURNAMES) + chance.choice(GIVEN_FIRST)
        if chance.random() < 0.72:
            name += chance.choice(GIVEN_LAST)
        if name not in used:
            used.add(name)
            return name


def picked(chance: random.Random, weighted: tuple[tuple[str, float], ...]) -> str:
    return chance.choices([word for word, _weight in weighted], [weight for _word, weight in weighted])[0]


def accounts() -> list[Account]:
    named = [Account(login, name, word) for login, name, _unit, _roles, word in NAMED]
    second, security, system = (Account(login, name, word) for login, name, _role, word in BESIDE)
    return [named[0], second, *named[1:5], system, security, *named[5:]]
