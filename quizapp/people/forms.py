"""The shape of what people type about themselves."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from quizapp.i18n import lazy


class SignInForm(FlaskForm):
    login = StringField(lazy("账号"), [InputRequired(lazy("请填写账号")), Length(max=40)])
    password = PasswordField(lazy("密码"), [InputRequired(lazy("请填写密码")), Length(max=128)])


class NewPasswordForm(FlaskForm):
    password = PasswordField(lazy("新密码"), [InputRequired(lazy("请填写新密码")), Length(max=128)])
    again = PasswordField(lazy("再输一遍"), [InputRequired(lazy("请再输一遍新密码")), Length(max=128)])
