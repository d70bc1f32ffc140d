"""What a marker typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from quizapp.i18n import lazy
from quizapp.marking.bounds import ANSWER_CHARS, BASIS_CHARS, REASON_CHARS

TYPED = 20  # characters kept of a field


@dataclass(frozen=True)
class Typed:
    """As it came, in the rubric's order; a field that was not sent is empty."""

    points: tuple[str, ...] = ()
    total: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str], points: int) -> Typed:
        texts = tuple(form.get(f"p{number}", "")[:TYPED] for number in range(1, points + 1))
        # a rubric of one point has no field for the total: it would be the same
        return cls(texts, form.get("total", "")[:TYPED] if points > 1 else "")

    def filled(self, points: int) -> Typed:
        """With an empty field for each point where none has marks of its own."""
        return self if self.points else replace(self, points=("",) * points)


class ChallengeForm(FlaskForm):
    """What a candidate has against a question."""

    reason = TextAreaField(lazy("理由"), [InputRequired(lazy("请写明理由：哪里不对，依据哪一条")),
                                        Length(max=REASON_CHARS, message=lazy("理由不要超过 500 字"))])


class StandsForm(FlaskForm):
    """Why the key stands."""

    words = TextAreaField(lazy("答复"), [InputRequired(lazy("请写明为什么答案不变，提出异议的人会看到")),
                                       Length(max=ANSWER_CHARS, message=lazy("答复不要超过 500 字"))])
    basis = StringField(lazy("依据的条文"), [InputRequired(lazy("请写明依据哪部法律的哪一条")),
                                          Length(max=BASIS_CHARS, message=lazy("依据不要超过 200 字"))])


class DecideForm(FlaskForm):
    """Another key, or void; sent by GET to the preview, which writes nothing."""

    class Meta:
        csrf = False

    treatment = RadioField(lazy("怎样处理"), validate_choice=False)
    key = SelectMultipleField(lazy("新答案"), validate_choice=False)
    fills = TextAreaField(lazy("新答案"), [Optional(), Length(max=1000)])
    basis = StringField(lazy("依据的条文"), [InputRequired(lazy("请写明依据哪部法律的哪一条")),
                                          Length(max=BASIS_CHARS, message=lazy("依据不要超过 200 字"))])
