"""What is typed before something that cannot be taken back."""

from __future__ import annotations

from wtforms import StringField

from quizapp.approvals.asking import WhyForm
from quizapp.i18n import lazy


class EraseForm(WhyForm):
    """The work number once more, so that nobody is erased by a slip; and why, for whoever has to agree."""

    login = StringField(lazy("再输一遍工号"))
