"""The shape of what people type about themselves, and of what desks type about units and people."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from quizapp.i18n import _, lazy
from quizapp.kernel.roles import ROLE_NAMES, Role
from quizapp.kernel.text import to_half_width
from quizapp.people.models import Unit
from quizapp.people.names import COUNTING, DEPARTURES

INDENT = "\u3000"
TOO_LONG = lazy("太长，请缩短")


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def code_like(text: str | None) -> str:
    """Codes and work numbers are half-width, however they were typed."""
    return to_half_width(one_line(text))


class SignInForm(FlaskForm):
    login = StringField(lazy("账号"), [InputRequired(lazy("请填写账号")), Length(max=40)])
    password = PasswordField(lazy("密码"), [InputRequired(lazy("请填写密码")), Length(max=128)])


class NewPasswordForm(FlaskForm):
    password = PasswordField(lazy("新密码"), [InputRequired(lazy("请填写新密码")), Length(max=128)])
    again = PasswordField(lazy("再输一遍"), [InputRequired(lazy("请再输一遍新密码")), Length(max=128)])


class ChangePasswordForm(NewPasswordForm):
    old = PasswordField(lazy("现在的密码"), [InputRequired(lazy("请填写现在的密码")), Length(max=128)])


class ResetPasswordForm(NewPasswordForm):
    login = StringField(lazy("工号"), [InputRequired(lazy("请填写工号")), Length(max=40)], filters=[code_like])
    code = StringField(lazy("一次性代码"), [InputRequired(lazy("请填写一次性代码")), Length(max=40)], filters=[one_line])


class SecondStepForm(FlaskForm):
    """A code of the authenticator or a recovery code; who reads it says what is wrong with it."""

    code = StringField(lazy("验证码"))


class OwnPasswordForm(FlaskForm):
    password = PasswordField(lazy("密码"))


class ProofForm(OwnPasswordForm):
    """Password and code, and what is to be done."""

    code = StringField(lazy("验证码"))
    act = StringField()


class UnitForm(FlaskForm):
    parent = SelectField(lazy("上级单位"), coerce=int)
    name = StringField(lazy("名称"), [InputRequired(lazy("请填写单位名称")), Length(max=120, message=TOO_LONG)],
                       filters=[one_line])
    code = StringField(
        lazy("编码"),
        [InputRequired(lazy("请填写单位编码")), Length(max=40, message=TOO_LONG),
         Regexp(r"[0-9A-Za-z][0-9A-Za-z._-]*\Z", message=lazy("只能用字母、数字和 . _ -，并以字母或者数字开头"))],
        filters=[code_like])

    def offer_parents(self, units: Iterable[Unit], *, top: bool = False) -> None:
        """`top`: it may also stand at the top of the tree."""
        self.parent.choices = [*([(0, _("最上级"))] if top else []), *unit_choices(units)]

    def drop_parent(self) -> None:
        """A unit stays where it is: only its name and code are edited."""
        del self.parent


class PersonForm(FlaskForm):
    """A new person; for one who exists, without work number, unit and first day."""

    login = StringField(
        lazy("工号"),
        [InputRequired(lazy("请填写工号")), Length(max=40, message=TOO_LONG),
         Regexp(r"[0-9A-Za-z][0-9A-Za-z._@-]*\Z", message=lazy("只能用字母、数字和 . _ - @，并以字母或者数字开头"))],
        filters=[code_like])
    name = StringField(lazy("姓名"), [InputRequired(lazy("请填写姓名")), Length(max=80, message=TOO_LONG)],
                       filters=[one_line])
    unit = SelectField(lazy("单位"), coerce=int)
    since = DateField(lazy("从哪一天起"), [InputRequired(lazy("请填写日期"))])
    rank = StringField(lazy("职务层次"), [Optional(), Length(max=40, message=TOO_LONG)], filters=[one_line])
    post_type = StringField(lazy("岗位类别"), [Optional(), Length(max=40, message=TOO_LONG)], filters=[one_line])

    def offer_units(self, units: Iterable[Unit]) -> None:
        self.unit.choices = unit_choices(units)

    def only_facts(self) -> None:
        del self.login
        del self.unit
        del self.since


class TransferForm(FlaskForm):
    """To another unit; for somebody who has left, a new appointment."""

    unit = SelectField(lazy("单位"), coerce=int)
    on = DateField(lazy("从哪一天起"), [InputRequired(lazy("请填写日期"))])

    def offer(self, units: Iterable[Unit]) -> None:
        self.unit.choices = unit_choices(units)


class SecondForm(FlaskForm):
    host = SelectField(lazy("借调到"), coerce=int)
    lent_since = DateField(lazy("从哪一天起"), [InputRequired(lazy("请填写日期"))])
    lent_until = DateField(lazy("到哪一天回来"), [Optional()])
    counting = SelectField(lazy("统计和名单"))

    def offer(self, units: Iterable[Unit]) -> None:
        self.host.choices = unit_choices(units)
        self.counting.choices = [(code, _(name)) for code, name in COUNTING.items()]


class LeaveForm(FlaskForm):
    ending = SelectField(lazy("原因"))
    left_on = DateField(lazy("从哪一天起不在"), [InputRequired(lazy("请填写日期"))])

    def offer(self) -> None:
        self.ending.choices = [(code, _(name)) for code, name in DEPARTURES.items()]


class EndForm(FlaskForm):
    """The day on which a secondment ends."""

    back_on = DateField(lazy("哪一天回来"), [InputRequired(lazy("请填写日期"))])


class JoinForm(FlaskForm):
    """To a Party branch, from the one before if there is one."""

    branch = SelectField(lazy("党支部"), coerce=int)
    joined_on = DateField(lazy("从哪一天起"), [InputRequired(lazy("请填写日期"))])

    def offer(self, branches: Iterable[Unit]) -> None:
        self.branch.choices = unit_choices(branches)


class OutForm(FlaskForm):
    """The day from which somebody belongs to no Party branch."""

    out_on = DateField(lazy("从哪一天起不在"), [InputRequired(lazy("请填写日期"))])


class RoleForm(FlaskForm):
    role = SelectField(lazy("角色"))
    role_unit = SelectField(lazy("联络的单位"), coerce=int)

    def offer(self, units: Iterable[Unit]) -> None:
        self.role.choices = [(role.value, _(ROLE_NAMES[role])) for role in Role]
        self.role_unit.choices = [(0, _("不限单位")), *unit_choices(units)]


def unit_choices(units: Iterable[Unit]) -> list[tuple[int, str]]:
    """Units for a select, indented as the tree."""
    found = list(units)
    top = min((unit.path.count("/") for unit in found), default=0)
    return [(unit.id, INDENT * (unit.path.count("/") - top) + unit.name) for unit in found]
