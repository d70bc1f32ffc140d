"""What is typed before something that cannot be taken back."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField

from quizapp.i18n import lazy


class EraseForm(FlaskForm):
    """The work number once more, so that nobody is erased by a slip."""

    login = StringField(lazy("再输一遍工号"))
