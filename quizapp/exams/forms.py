"""The shape of an exam's settings as an administrator types them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from quizapp import clock
from quizapp.exams.models import Exam
from quizapp.exams.rules import (
    KIND_NAMES,
    MARKER_NAMES,
    MULTIPLE_RULE_NAMES,
    RELEASE_NAMES,
    SCORE_RULE_NAMES,
    YEARS,
)
from quizapp.i18n import _, lazy
from quizapp.kernel.rates import show_marks
from quizapp.ui.fields import Between

NEEDED = lazy("请填写")
WHOLE = lazy("请填写整数")


class MarksField(DecimalField):
    """Marks without needless zeros: 60 rather than 60.00."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else show_marks(Decimal(self.data))


def choices(names: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, lazy(label)) for value, label in names.items()]


AS_TYPED = (
    "title", "year", "kind", "minutes", "attempts_allowed", "score_rule", "pass_mark", "excellence_mark",
    "multiple_rule", "markers", "marker_tolerance", "own_unit_barred", "open_book", "shuffle_questions",
    "shuffle_options", "release", "show_key", "form_count",
    "max_shared", "max_uses", "participation_target", "pass_target",
)
"""What an exam keeps as it is typed."""


class ExamForm(FlaskForm):
    """Every rule of an exam. Times are wall-clock times in Shanghai."""

    title = StringField(lazy("考试名称"), [InputRequired(NEEDED), Length(max=120)])
    year = IntegerField(lazy("年度"), [InputRequired(WHOLE), Between(YEARS[0], YEARS[-1], lazy("年度写四位数字"))])
    kind = SelectField(lazy("形式"), choices=choices(KIND_NAMES))
    opens_at = DateTimeLocalField(lazy("开放时间"), [InputRequired(NEEDED)], format=["%Y-%m-%dT%H:%M"])
    closes_at = DateTimeLocalField(lazy("结束时间"), [InputRequired(NEEDED)], format=["%Y-%m-%dT%H:%M"])
    minutes = IntegerField(lazy("作答时长（分钟）"), [InputRequired(WHOLE), Between(1, 600, lazy("请填写 1 至 600 的整数"))])
    attempts_allowed = IntegerField(lazy("可以作答几次"), [InputRequired(WHOLE), Between(1, 20, lazy("请填写 1 至 20 的整数"))])
    score_rule = SelectField(lazy("多次作答怎样计分"), choices=choices(SCORE_RULE_NAMES))
    pass_mark = MarksField(lazy("合格线"), [InputRequired(NEEDED), Between(0, 1000)])
    excellence_mark = MarksField(lazy("优秀线"), [InputRequired(NEEDED), Between(0, 1000)])
    multiple_rule = SelectField(lazy("多选题怎样计分"), choices=choices(MULTIPLE_RULE_NAMES))
    markers = SelectField(lazy("简答题由几人评"), coerce=int, default=1,
                          choices=[SelectChoice(str(count), lazy(label)) for count, label in MARKER_NAMES.items()])
    marker_tolerance = IntegerField(lazy("两人相差超过满分的百分之几，由第三人评"), [Between(0, 100, lazy("请填写 0 至 100 的整数"))], default=20)
    own_unit_barred = BooleanField(lazy("阅卷人不评本单位的作答"))
    open_book = BooleanField(lazy("开卷"))
    shuffle_questions = BooleanField(lazy("每人题目顺序不同"))
    shuffle_options = BooleanField(lazy("每人选项顺序不同"))
    release = SelectField(lazy("成绩什么时候公布"), choices=choices(RELEASE_NAMES))
    show_key = BooleanField(lazy("公布成绩时一并公布答案、解析和依据"))
    form_count = IntegerField(lazy("平行卷份数"), [InputRequired(WHOLE), Between(1, 50, lazy("请填写 1 至 50 的整数"))])
    max_shared = IntegerField(lazy("任意两份卷最多共用几题"), [Optional(), Between(0, 999, lazy("请填写 0 至 999 的整数，或者留空"))])
    max_uses = IntegerField(lazy("一道题最多用在几份卷上"), [Optional(), Between(1, 50, lazy("请填写 1 至 50 的整数，或者留空"))])
    participation_target = MarksField(lazy("参考率目标（%）"), [InputRequired(NEEDED), Between(0, 100)])
    pass_target = MarksField(lazy("合格率目标（%）"), [InputRequired(NEEDED), Between(0, 100)])
    campaign = SelectField(lazy("所属宣传活动"), choices=[], validate_choice=False)
    make_up_of_id = SelectField(lazy("是哪一场考试的补考"), coerce=int, validators=[Optional()])

    @classmethod
    def blank(cls, originals: list[Exam], campaigns: Sequence[str], **defaults: Any) -> ExamForm:
        """The form with the safe defaults of the domain: 100 marks, 60 to pass, three tries, best counts."""
        form = cls(data={
            "year": clock.today().year, "minutes": 60, "attempts_allowed": 3, "pass_mark": Decimal(60),
            "excellence_mark": Decimal(90), "release": "after_close", "show_key": True, "shuffle_questions": True,
            "shuffle_options": True, "markers": 2, "marker_tolerance": 20, "form_count": 4, "participation_target": Decimal(100),
            "pass_target": Decimal(100), "make_up_of_id": 0, **defaults,
        })
        form.offer(originals, campaigns)
        return form

    @classmethod
    def of(cls, exam: Exam, originals: list[Exam], campaigns: Sequence[str]) -> ExamForm:
        # not as `obj`: that would go before the times of the place, and show those of the database
        form = cls(data={**{name: getattr(exam, name) for name in AS_TYPED}, "opens_at": clock.to_local(exam.opens_at),
                         "closes_at": clock.to_local(exam.closes_at), "campaign": exam.campaign,
                         "make_up_of_id": exam.make_up_of_id or 0})
        form.offer([original for original in originals if original.id != exam.id], campaigns)
        return form

    def offer(self, originals: list[Exam], campaigns: Sequence[str]) -> None:
        """`campaigns` are those that may be chosen; another one that was sent stands there to be seen as refused."""
        self.allowed = campaigns
        named = dict.fromkeys([*campaigns, *([self.campaign.data] if self.campaign.data else [])])
        self.campaign.choices = [SelectChoice("", lazy("不属于宣传活动")), *(SelectChoice(name, name) for name in named)]
        self.make_up_of_id.choices = [
            SelectChoice("0", lazy("不是补考")), *(SelectChoice(str(exam.id), exam.title) for exam in originals)
        ]

    def validate_campaign(self, field: SelectField) -> None:
        if field.data and field.data not in self.allowed:
            raise ValidationError(_("%(year)s 年确认过的计划里没有“%(campaign)s”这个活动，请另选一个", year=self.year.data,
                                    campaign=field.data[:60]))

    def settings(self) -> dict[str, Any]:
        """Columns of Exam as typed, times in UTC."""
        values = {name: self[name].data for name in AS_TYPED}
        values["title"] = values["title"].strip()
        values["opens_at"] = clock.from_local(self.opens_at.data)
        values["closes_at"] = clock.from_local(self.closes_at.data)
        values["campaign"] = self.campaign.data or None
        values["make_up_of_id"] = self.make_up_of_id.data or None
        return values


class AudienceForm(FlaskForm):
    """Whom a draft is for, ticked among what today's people have; who reads it says what is not among it."""

    units = SelectMultipleField(lazy("单位"), choices=[], validate_choice=False)
    party = SelectMultipleField(lazy("党支部"), choices=[], validate_choice=False)
    ranks = SelectMultipleField(lazy("职务层次"), choices=[], validate_choice=False)
    post_types = SelectMultipleField(lazy("岗位类别"), choices=[], validate_choice=False)
