"""`quizapp init` and `quizapp roster …`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from quizapp import clock
from quizapp.audit import service as audit
from quizapp.db import db, upgrade
from quizapp.jobs import terminal
from quizapp.jobs.rules import silent
from quizapp.kernel.errors import InputError
from quizapp.people import queries, roster_files, service
from quizapp.people.roster_files import read_rows
from quizapp.people.rules.headings import COLUMNS, Head, find_head, key, letter
from quizapp.people.rules.roster import EVERYBODY, LONG, Difference, Known, Leaving
from quizapp.people.rules.sign_in import LINK_LASTS


@click.command()
@click.option("--agency", required=True, help="Name of the agency, the unit at the top.")
@click.option("--login", required=True, help="Work number of the first administrator.")
@click.option("--name", required=True, help="Name of the first administrator.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Public address of the platform.")
@with_appcontext
def init(agency: str, login: str, name: str, url: str) -> None:
    """Prepare an empty platform: schema, agency, first administrator, and a link to set the password.

    There is no default account and no default password. Refuses when there is an administrator already.
    """
    agency, login, name = (" ".join(text.split()) for text in (agency, login, name))
    if not (0 < len(agency) <= 120 and 0 < len(login) <= 40 and 0 < len(name) <= 80):
        raise InputError("机关名称、工号和姓名都要填写，分别不超过 120、40 和 80 个字")
    upgrade(current_app._get_current_object())  # type: ignore[attr-defined]
    with db.transaction() as session:
        person = service.first_administrator(session, agency, login, name, clock.today())
        token = service.make_link(session, person.id)
        audit.record(session, "init", "platform", "1", detail={"agency": agency, "login": login, "name": name})
    click.echo(f"已建好“{agency}”，第一个账号 {name}（{login}），是系统管理员、安全管理员和考试管理员。")
    click.echo("等级保护要求系统管理和安全管理由两个人担任：登记别的人以后，请把其中一个角色授予另一个人，再收回这里的。")
    click.echo(f"请在 {LINK_LASTS.days} 天内打开下面的链接设置密码，只能用一次：")
    click.echo(f"{url.rstrip('/')}/set-password/{token}")


roster = AppGroup("roster", help="The roster of people.")


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--column", "columns", multiple=True, metavar="COLUMN=HEADING",
              help="Which heading of the file is which column of the roster; remembered when the file is written.")
@click.option("--leave-absent", is_flag=True, help="Whom FILE does not name leaves today. Without it they are only listed.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_roster(file: Path, dry_run: bool, columns: tuple[str, ...], leave_absent: bool, as_json: bool) -> None:
    """Bring people and units to what FILE (.xlsx, .xls, .csv) says, in one transaction.

    Status 1, and nothing written, when any row has a problem.
    """
    rows = read_rows(file.read_bytes(), file.name)
    with db.transaction() as session:
        lessons = _lessons(columns)
        head = find_head(rows, queries.headings(session) | lessons)
        leaving: Leaving = EVERYBODY if leave_absent else ()
        found = service.import_roster(session, rows, clock.today(), head=head, leaving=leaving, dry_run=dry_run,
                                      progress=terminal.Counter() if len(rows) - 1 > LONG else silent)
        left = found.leavers(leaving, None)
        if not dry_run and not found.problems:
            service.remember_headings(session, lessons, None)
            audit.record(session, "import_roster", "roster", file.name, detail=found.summary(left))
    if as_json:
        click.echo(json.dumps(_as_json(found, head, left, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(found, head, left, dry_run)
    sys.exit(1 if found.problems else 0)


def _lessons(columns: Sequence[str]) -> dict[str, str]:
    """What the options say about headings. Raises InputError."""
    lessons = {}
    for text in columns:
        column, _equals, heading = text.partition("=")
        if column.strip() not in COLUMNS or not heading.strip():
            raise InputError("--column %(text)s 写得不对：等号前面写 %(columns)s 中的一个，后面写文件里的表头",
                             text=text, columns="、".join(COLUMNS))
        lessons[key(heading)] = column.strip()
    return lessons


def _as_json(found: Difference, head: Head, left: Sequence[Known], dry_run: bool) -> dict[str, object]:
    def logins(name: str) -> list[str]:
        return [placed.entry.login for placed in getattr(found, name)]

    gone = {known.person_id for known in left}
    return {
        "columns": {column: letter(index) for column, index in head.where.items()},
        "problems": [{"row": p.row, "column": p.column, "place": head.shown(p.column), "message": str(p)}
                     for p in found.problems],
        "new": logins("new"), "moved": logins("moved"), "changed": logins("changed"),
        "unchanged": len(found.unchanged), "inactive": logins("inactive"),
        "left": [known.login for known in left],
        "not_in_file": [known.login for known in found.absent if known.person_id not in gone],
        "written": not dry_run and not found.problems,
    }


def _print(found: Difference, head: Head, left: Sequence[Known], dry_run: bool) -> None:
    for problem in found.problems:
        click.echo(f"第 {problem.row} 行 {head.shown(problem.column)}：{problem}", err=True)
    if found.problems:
        click.echo(f"{len(found.problems)} 处需要改正，没有写入", err=True)
        return
    gone = {known.person_id for known in left}
    for known in found.absent:
        act = "从今天起离开" if known.person_id in gone else "不作改动"
        click.echo(f"名册里没有：{known.login} {known.name}（{known.unit_name}），{act}")
    click.echo(
        ("（试运行，没有写入）" if dry_run else "")
        + f"新增 {len(found.new)} 人，调动 {len(found.moved)} 人，更新 {len(found.changed)} 人，"
        + f"未变 {len(found.unchanged)} 人，离开 {len(left)} 人，名册里没有 {len(found.absent) - len(left)} 人"
    )


@roster.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an empty roster workbook to FILE."""
    if file.exists():
        raise InputError("%(file)s 已经存在，请换一个文件名", file=str(file))
    file.write_bytes(roster_files.template())
    click.echo(f"{file}：{'、'.join(COLUMNS)}")


@click.command()
@click.argument("login")
@with_appcontext
def reset_second_factor(login: str) -> None:
    """Take away the second factor of LOGIN, who has lost telephone and recovery codes; ends their sign-ins.

    For the only security administrator: everybody else's is reset on the page of the person.
    """
    with db.transaction() as session:
        person = queries.person_by_login(session, login)
        if person is None or not queries.has_second_factor(session, person.id):
            raise InputError("没有账号 %(login)s，或者它没有开两步验证", login=login)
        service.remove_second_factor(session, person.id)
        service.end_all_sign_ins(session, person.id)
        audit.record(session, "reset_second_factor", "person", person.id, detail={"login": login, "name": person.name})
    click.echo(f"已重置 {person.name}（{login}）的两步验证，全部登录已结束。")


COMMANDS = [init, reset_second_factor, roster]
