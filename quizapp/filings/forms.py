"""What is typed about filings."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, DecimalField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from quizapp.i18n import _, lazy
from quizapp.reports.rules.report import ExamFacts

SCOPES = (("all", lazy("含补考")), ("first", lazy("只看首考")))
MODES = (("plain", lazy("不排名，按名册顺序列出各单位")), ("organisers", lazy("只点名达到标准的单位")), ("rank", lazy("按合格率排名")))


class NewForm(FlaskForm):
    """A filing about one exam: a report or a notice."""

    exam = SelectField(lazy("考试"), coerce=int)
    kind = SelectField(lazy("文种"), choices=[SelectChoice("exam", lazy("报告（报上级）")), SelectChoice("notice", lazy("通报（发各单位）"))])
    scope = SelectField(lazy("统计范围"), choices=[SelectChoice(value, label) for value, label in SCOPES])
    mode = SelectField(lazy("通报里的单位"), choices=[SelectChoice(value, label) for value, label in MODES])
    threshold = DecimalField(lazy("点名的标准（%）"), [Optional(), NumberRange(0, 100, lazy("请填写 0 至 100 的数"))], places=None)

    def offer(self, exams: Sequence[ExamFacts]) -> NewForm:
        self.exam.choices = [SelectChoice("0", _("请选择")), *(SelectChoice(str(one.id), one.title) for one in exams)]
        return self


class AgainForm(FlaskForm):
    """Why a filing is counted once more."""

    reason = StringField(lazy("原因"), [DataRequired(lazy("请写明原因，看的人要知道为什么又有一版")),
                                      Length(max=200, message=lazy("原因不要超过 200 字"))])


class YearForm(FlaskForm):
    """The year's paragraphs; the fields of the sections come beside it, named by their keys."""

    keep_blanks = BooleanField(lazy("保留空白，打印以后手填"))
