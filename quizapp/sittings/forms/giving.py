"""What is typed in order to give time."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from quizapp.exams.models import Accommodation
from quizapp.i18n import lazy
from quizapp.sittings.rules.giving import (
    BREAK_MOST,
    DETAIL_CHARS,
    GROUNDS,
    MINUTES_MOST,
    PERCENT_NAMES,
    REASON_CHARS,
    kept_reason,
    shown_reason,
)
from quizapp.sittings.service.giving import Allowance
from quizapp.ui.fields import Between

NEEDED = lazy("请填写")
LENGTHS = [Between(1, MINUTES_MOST, lazy("请填写 1 至 240 的整数"))]
WHOLE = InputRequired(lazy("请填写整数"))


class ExtensionForm(FlaskForm):
    """Minutes during the exam, and why."""

    minutes = IntegerField(lazy("延长几分钟"), [WHOLE, *LENGTHS])
    why = StringField(lazy("原因"), [InputRequired(NEEDED), Length(max=REASON_CHARS, message=lazy("原因不要超过 200 字"))])


class PostponementForm(FlaskForm):
    minutes = IntegerField(lazy("推迟几分钟"), [WHOLE, *LENGTHS])
    why = StringField(lazy("原因"), [InputRequired(NEEDED), Length(max=REASON_CHARS, message=lazy("原因不要超过 200 字"))])


class ReasonForm(FlaskForm):
    why = StringField(lazy("原因"), [InputRequired(NEEDED), Length(max=REASON_CHARS, message=lazy("原因不要超过 200 字"))])


class AccommodationForm(FlaskForm):
    """What one person needs for the whole exam."""

    extra_percent = SelectField(lazy("作答时间"), coerce=int, choices=[
        SelectChoice(str(percent), lazy(name)) for percent, name in PERCENT_NAMES.items()
    ])
    break_minutes = IntegerField(lazy("休息（分钟）"), [WHOLE, Between(0, BREAK_MOST, lazy("请填写 0 至 120 的整数"))])
    ground = SelectField(lazy("依据"), choices=[SelectChoice(code, lazy(name)) for code, name in GROUNDS.items()])
    detail = TextAreaField(lazy("补充说明"), [Length(max=DETAIL_CHARS, message=lazy("补充说明太长，请写短一些"))])

    @classmethod
    def of(cls, found: Accommodation | None, *, typed: bool = False) -> AccommodationForm:
        """As it was granted, or blank; `typed`: with what came in."""
        if typed:
            return cls()
        ground, detail = shown_reason(found.reason) if found else ("papers", "")
        return cls(formdata=None, data={
            "extra_percent": found.extra_percent if found else 30, "break_minutes": found.break_minutes if found else 0,
            "ground": ground, "detail": detail,
        })

    @property
    def allowance(self) -> Allowance:
        return Allowance(self.extra_percent.data, self.break_minutes.data or 0)

    @property
    def reason(self) -> str:
        return kept_reason(self.ground.data, self.detail.data or "")


class FindForm(FlaskForm):
    """Whom to open."""

    login = StringField(lazy("工号"), [InputRequired(NEEDED), Length(max=60, message=lazy("工号太长"))])
