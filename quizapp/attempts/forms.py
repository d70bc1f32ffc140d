"""The shape of what a candidate posts."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired

from quizapp.i18n import lazy


class BeginForm(FlaskForm):
    understood = BooleanField(lazy("我已看过规则，现在开始"), validators=[InputRequired()])
