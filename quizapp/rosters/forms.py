"""What is typed about applications and rosters."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from quizapp.i18n import _, lazy
from quizapp.rosters.models import ExcuseReason
from quizapp.rosters.rules import KIND_NAMES, SUFFIXES

NEEDED = lazy("请填写")
SHORT = Length(max=200, message=lazy("不要超过 200 字"))
LONG = Length(max=500, message=lazy("不要超过 500 字"))
ACCEPTED = ",".join(SUFFIXES)


class AskForm(FlaskForm):
    """An application, or what came on paper. The reason says whether it is an excuse or a deferral."""

    reason = SelectField(lazy("免考还是缓考，什么理由"), coerce=int)
    note = TextAreaField(lazy("说明"), [LONG])
    files = MultipleFileField(lazy("证明材料"))

    def offer(self, reasons: Iterable[ExcuseReason]) -> AskForm:
        """These to choose from, each with its kind in front."""
        self.reason.choices = [
            SelectChoice("0", _("请选择")),
            *(SelectChoice(str(one.id), f"{_(KIND_NAMES[one.kind])} · {one.name}") for one in reasons),
        ]
        return self


class DecisionForm(FlaskForm):
    """Words to a consent or a decision; the button says which it is."""

    words = TextAreaField(lazy("意见"), [LONG])
    files = MultipleFileField(lazy("证明材料"))


class WhyForm(FlaskForm):
    """Why a roster is changed by hand."""

    why = StringField(lazy("原因"), [DataRequired(NEEDED), SHORT])


class LateForm(FlaskForm):
    """Who comes to the roster, one a line, and why."""

    people = TextAreaField(lazy("工号或者姓名"), [DataRequired(NEEDED), Length(max=20_000, message=lazy("一次最多 200 人，请分几次"))])
    why = StringField(lazy("原因"), [DataRequired(NEEDED), SHORT])


class NewReasonForm(FlaskForm):
    kind = SelectField(lazy("用于"), choices=[SelectChoice(kind, lazy(name)) for kind, name in KIND_NAMES.items()])
    name = StringField(lazy("理由"), [DataRequired(NEEDED), Length(max=60, message=lazy("理由不要超过 60 字"))])
