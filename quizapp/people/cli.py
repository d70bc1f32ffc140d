"""`quizapp init` and `quizapp roster …`."""

from __future__ import annotations

import json
import sys
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
from quizapp.people.rules.roster import COLUMNS, LONG, Difference
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
    click.echo(f"已建好“{agency}”，系统管理员 {name}（{login}）。")
    click.echo(f"请在 {LINK_LASTS.days} 天内打开下面的链接设置密码，只能用一次：")
    click.echo(f"{url.rstrip('/')}/set-password/{token}")


roster = AppGroup("roster", help="The roster of people.")


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_roster(file: Path, dry_run: bool, as_json: bool) -> None:
    """Bring people and units to what FILE (.xlsx, .xls, .csv) says. Nobody is removed.

    Status 1, and nothing written, when any row has a problem.
    """
    rows = read_rows(file.read_bytes(), file.name)
    with db.transaction() as session:
        found = service.import_roster(session, rows, clock.today(), dry_run=dry_run,
                                      progress=terminal.Counter() if len(rows) - 1 > LONG else silent)
        if not dry_run and not found.problems:
            audit.record(session, "import_roster", "roster", file.name, detail=found.summary())
    if as_json:
        click.echo(json.dumps(_as_json(found, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(found, dry_run)
    sys.exit(1 if found.problems else 0)


def _as_json(found: Difference, dry_run: bool) -> dict[str, object]:
    def logins(name: str) -> list[str]:
        return [placed.entry.login for placed in getattr(found, name)]

    return {
        "problems": [{"row": p.row, "column": p.column, "message": str(p)} for p in found.problems],
        "new": logins("new"), "moved": logins("moved"), "changed": logins("changed"),
        "unchanged": len(found.unchanged), "inactive": logins("inactive"),
        "not_in_file": [known.login for known in found.absent],
        "written": not dry_run and not found.problems,
    }


def _print(found: Difference, dry_run: bool) -> None:
    for problem in found.problems:
        click.echo(f"第 {problem.row} 行 {problem.column}：{problem}", err=True)
    if found.problems:
        click.echo(f"{len(found.problems)} 处需要改正，没有写入", err=True)
        return
    for known in found.absent:
        click.echo(f"名册里没有：{known.login} {known.name}（{known.unit_name}），不作改动")
    click.echo(
        ("（试运行，没有写入）" if dry_run else "")
        + f"新增 {len(found.new)} 人，调动 {len(found.moved)} 人，更新 {len(found.changed)} 人，"
        + f"未变 {len(found.unchanged)} 人，名册里没有 {len(found.absent)} 人"
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

    For the only system administrator: everybody else's is reset on the page of the person.
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
