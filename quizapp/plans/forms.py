"""What is handed in on the pages of plans."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from quizapp.i18n import lazy
from quizapp.kernel.documents import SUFFIXES
from quizapp.plans.rules.decisions import CHOICES, Decision
from quizapp.plans.rules.fields import FIELDS
from quizapp.ui.fields import Between

ACCEPT = ",".join(SUFFIXES)


class UploadForm(FlaskForm):
    file = FileField(lazy("报告文件"), [FileRequired(lazy("请选择文件"))])


class AdoptForm(FlaskForm):
    """The year and agency of a plan, where the report does not say them or they are taken already."""

    year = IntegerField(lazy("年度"), [InputRequired(lazy("请填写年度，例如 2025")),
                                     Between(2000, 2100, lazy("年度写四位数字"))])
    agency = StringField(lazy("单位"), [DataRequired(lazy("请填写单位全称")), Length(max=120)],
                         filters=[lambda text: " ".join(text.split()) if text else text])


def decisions_of(form: MultiDict[str, str]) -> dict[int, Decision]:
    """`choice-<fact id>` and `value-<fact id>` as typed; what is no choice is left out."""
    found = {}
    for name, value in form.items():
        prefix, _, key = name.partition("-")
        if prefix == "choice" and key.isascii() and key.isdigit() and value in CHOICES:
            found[int(key)] = Decision(CHOICES[value], form.get(f"value-{key}", ""))
    return found


def added_of(form: MultiDict[str, str]) -> dict[str, str]:
    """`new-<field>`: figures that the report does not say, and further entries by hand."""
    return {field: form[f"new-{field}"] for field in FIELDS if form.get(f"new-{field}", "").strip()}


def typed_of(form: Mapping[str, str]) -> dict[str, str]:
    """Everything as typed, to show a refused form again."""
    return {name: value for name, value in form.items() if name.partition("-")[0] in ("choice", "value", "new")}
