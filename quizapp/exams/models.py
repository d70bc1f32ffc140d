"""Exams, their rules as settings, and the roster frozen for each."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.exams.rules import Audience, Phase, is_released, phase
from quizapp.kernel.ids import new_id


def closing_time(context: Any) -> datetime:
    """Where nothing else is said, nobody works past the end of the window."""
    moment: datetime = context.get_current_parameters()["closes_at"]
    return moment


class Exam(Model):
    """One exam. Every rule that differs from place to place is a column here, none is code.

    `kind`: online or paper. `state`: draft → published (roster and forms frozen) → archived.
    `opens_at`/`closes_at`: the window. `minutes`: working time. `score_rule`: which of several attempts counts.
    `multiple_rule`: how a multiple choice is marked (see questions.rules.marking).
    `release`: when score and key may be seen: at_once, after_close, or manual (`released_at`).
    `show_key`: whether key and explanation follow the score. `make_up_of_id`: the exam this one makes up for.
    `paused_at`: since when every clock of the sitting stands still. `settles_at`: the moment after which nobody
    can be working any more, later than `closes_at` where somebody has extra time. `max_shared`: most items that
    two forms may have in common, `max_uses`: most forms that one item may be on; None leaves both to the bank.
    `markers`: how many people mark a short answer, one or two, each without the other's marks; where two differ by
    more than `marker_tolerance` per cent of the question's marks, a third decides. `own_unit_barred`: nobody marks
    answers of people of their own unit.
    `campaign`: the campaign of the year's plan that it is a part of, by name.
    `audience`: who the exam is for, as `rules.Audience` keeps it; {} is everybody.
    """

    __tablename__ = "exam"
    __table_args__ = (
        CheckConstraint("kind in ('online', 'paper')", name="kind"),
        CheckConstraint("state in ('draft', 'published', 'archived')", name="state"),
        CheckConstraint("score_rule in ('best', 'last', 'first')", name="score_rule"),
        CheckConstraint("multiple_rule in ('all_or_nothing', 'partial_no_wrong', 'partial_balanced', 'negative')",
                        name="multiple_rule"),
        CheckConstraint("markers in (1, 2) and marker_tolerance between 0 and 100", name="marking"),
        CheckConstraint("release in ('at_once', 'after_close', 'manual')", name="release"),
        CheckConstraint("closes_at > opens_at", name="window"),
        CheckConstraint("minutes > 0 and attempts_allowed > 0", name="limits"),
        CheckConstraint("settles_at >= closes_at", name="settles"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10), default="online")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    settles_at: Mapped[datetime] = mapped_column(default=closing_time)
    paused_at: Mapped[datetime | None]
    minutes: Mapped[int] = mapped_column(default=90)
    attempts_allowed: Mapped[int] = mapped_column(default=3)
    score_rule: Mapped[str] = mapped_column(String(10), default="best")
    pass_mark: Mapped[Decimal] = mapped_column(default=Decimal(60))
    excellence_mark: Mapped[Decimal] = mapped_column(default=Decimal(90))
    multiple_rule: Mapped[str] = mapped_column(String(20), default="all_or_nothing")
    markers: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    marker_tolerance: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    own_unit_barred: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    open_book: Mapped[bool] = mapped_column(default=False)
    shuffle_questions: Mapped[bool] = mapped_column(default=True)
    shuffle_options: Mapped[bool] = mapped_column(default=True)
    release: Mapped[str] = mapped_column(String(12), default="after_close")
    released_at: Mapped[datetime | None]
    show_key: Mapped[bool] = mapped_column(default=True)
    form_count: Mapped[int] = mapped_column(default=4)
    max_shared: Mapped[int | None]
    max_uses: Mapped[int | None]
    grace_seconds: Mapped[int] = mapped_column(default=10)
    make_up_of_id: Mapped[int | None] = mapped_column(ForeignKey("exam.id"))
    blueprint_id: Mapped[int | None] = mapped_column(ForeignKey("blueprint.id"))
    campaign: Mapped[str | None] = mapped_column(String(300))
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    roster_as_of: Mapped[date | None]
    participation_target: Mapped[Decimal] = mapped_column(default=Decimal(100))
    pass_target: Mapped[Decimal] = mapped_column(default=Decimal(100))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    @property
    def meant_for(self) -> Audience:
        return Audience.kept(self.audience)

    def moment(self, now: datetime) -> datetime:
        """Now by the clock of the sitting, which stands still in a pause."""
        return self.paused_at or now

    def phase(self, now: datetime) -> Phase:
        return phase(self.state, self.opens_at, self.closes_at, self.moment(now))

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can be working any more, and what was on its way when time was up has come."""
        return self.moment(now) >= self.settles_at + timedelta(seconds=self.grace_seconds)

    def is_released(self, now: datetime) -> bool:
        """Whether candidates may see score and key. What was on its way to the server when time was up still
        counts, so the key waits for it; and it waits for the end of a pause."""
        if self.release == "after_close":
            now = self.moment(now)
        return is_released(self.release, self.released_at, self.settles_at + timedelta(seconds=self.grace_seconds), now)


class RosterUnit(Model):
    """The unit tree as it stood when the roster was taken; later reorganisation leaves it alone."""

    __tablename__ = "roster_unit"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class RosterEntry(Model):
    """One person who is to sit one exam, counted in exactly one unit.

    `status`: expected (应考), excused (免考) or deferred (缓考), with the reason.
    """

    __tablename__ = "roster_entry"
    __table_args__ = (
        CheckConstraint("status in ('expected', 'excused', 'deferred')", name="status"),
        Index("ix_roster_entry_candidate_id", "candidate_id"),
        Index("ix_roster_entry_exam_id_path", "exam_id", "path"),
    )

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    unit_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(200))
    rank: Mapped[str] = mapped_column(String(40), default="")
    post_type: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[str] = mapped_column(String(10), default="expected")
    reason: Mapped[str] = mapped_column(String(200), default="")


class Accommodation(Model):
    """What one person needs in order to sit on equal terms: extra working time (30, 50 or 100 %), and breaks in
    which their clock stands still. Both may run past the end of the window."""

    __tablename__ = "accommodation"
    __table_args__ = (
        CheckConstraint("extra_percent in (0, 30, 50, 100)", name="extra"),
        CheckConstraint("break_minutes between 0 and 120", name="breaks"),
    )

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    extra_percent: Mapped[int] = mapped_column(default=0)
    break_minutes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(200))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


class Extension(Model):
    """Minutes given during the exam, to one person or, with `candidate_id` None, to everybody who is working."""

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("minutes between 1 and 240", name="minutes"),
        Index("ix_extension_exam_id", "exam_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


class Commitment(Model):
    """What was promised before the window opened: a salted hash of forms, keys and marking rules.

    `salt` stays secret until `opened_at`; with it anybody can compute `digest` from the published content.
    """

    __tablename__ = "commitment"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]


class Result(Model):
    """What counts for one person in one exam, whether it was sat online or on paper."""

    __tablename__ = "result"
    __table_args__ = (
        CheckConstraint("source in ('online', 'paper')", name="source"),
        Index("ix_result_exam_id_score", "exam_id", "score"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    exam_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(10))
    attempt_id: Mapped[uuid.UUID | None]
    attempts: Mapped[int] = mapped_column(default=1)
    score: Mapped[Decimal | None]
    sat_at: Mapped[datetime]
