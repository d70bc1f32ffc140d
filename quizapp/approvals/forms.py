"""What is typed about a proposal."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from quizapp.approvals.rules import WORDS_CHARS
from quizapp.i18n import lazy


class RefusalForm(FlaskForm):
    """Why somebody does not agree."""

    words = TextAreaField(lazy("不同意的理由"), [
        InputRequired(lazy("不同意要写明理由，提出的人会看到")), Length(max=WORDS_CHARS, message=lazy("理由不要超过 500 字")),
    ])
