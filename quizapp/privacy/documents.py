"""A person's data as they take it away: one archive, with a page to read and a file for programs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit.rules import moment
from quizapp.i18n import N_, _
from quizapp.people.models import Person
from quizapp.privacy import queries
from quizapp.privacy.queries import Holding

FORMAT = "quizapp-personal-data-1"
# what columns are called on the page; one without a name here shows its own
LABELS = {
    "login": N_("工号"), "name": N_("姓名"), "rank": N_("职务层次"), "post_type": N_("岗位类别"), "address": N_("网络地址"),
    "device": N_("设备"), "reason": N_("原因"), "response": N_("答案"), "score": N_("分数"), "created_at": N_("建立时间"),
    "at": N_("时间"), "since": N_("从哪一天起"), "until": N_("到哪一天"), "role": N_("角色"), "exam_id": N_("考试编号"),
    "unit_id": N_("单位编号"), "status": N_("状态"), "state": N_("状态"), "started_at": N_("开始时间"), "finished_at": N_("结束时间"),
    "saved_at": N_("保存时间"), "received_at": N_("收到时间"), "reply": N_("本人说明"), "action": N_("操作"), "actor": N_("操作人"),
    "detail": N_("内容"), "kind": N_("种类"), "position": N_("第几题"), "receipt": N_("回执"), "sat_at": N_("参加时间"),
    "last_seen_at": N_("最近使用"), "outcome": N_("结果"), "language": N_("语言"), "active": N_("账号在用"),
}


def archive(session: Session, person: Person) -> tuple[bytes, int]:
    """The archive, and how many rows are in it."""
    held = queries.holdings(session, person)
    files = {"personal-data.json": json.dumps(as_json(person, held), ensure_ascii=False, indent=2),
             "personal-data.html": as_page(person, held)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return buffer.getvalue(), sum(len(one.rows) for one in held)


def as_json(person: Person, held: list[Holding]) -> dict[str, Any]:
    return {"format": FORMAT, "made_at": moment(clock.now()), "person": person.id,
            "tables": {one.table: one.rows for one in held}}


def as_page(person: Person, held: list[Holding]) -> str:
    """A page that stands by itself: no script, nothing fetched."""
    return render_template("privacy/_document.html", person=person, held=held, label=label, text=text, made_at=clock.now())


def label(column: str) -> str:
    return _(LABELS[column]) if column in LABELS else column


def text(value: object) -> str:
    if value is None or value == "":
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
