"""One row for each piece of long work, so that whoever started it can leave and find it again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.kernel.ids import new_id


class Job(Model):
    """State goes queued → running → done or failed. `result` and `problem` are shown to the person.

    `heartbeat_at` is renewed while a worker is at it; `problem` is a message of the error tree and
    `problem_values` fills its placeholders.
    """

    __tablename__ = "job"
    __table_args__ = (CheckConstraint("state in ('queued', 'running', 'done', 'failed')", name="state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    params: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(200), default="")
    result: Mapped[dict[str, Any]]
    problem: Mapped[str] = mapped_column(String(2000), default="")
    problem_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
