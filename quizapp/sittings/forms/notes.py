"""A decision on the notes of an attempt."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from quizapp.attempts.rules.notes import DECISIONS, REPLY_CHARS
from quizapp.i18n import lazy


class DecisionForm(FlaskForm):
    decision = RadioField(lazy("判断"), [InputRequired(lazy("请选择判断"))],
                          choices=[SelectChoice(value, lazy(name)) for value, name in DECISIONS.items()])
    reason = TextAreaField(lazy("理由"), [
        InputRequired(lazy("请写明理由，考生会看到")), Length(max=REPLY_CHARS, message=lazy("理由不要超过 500 字")),
    ])
