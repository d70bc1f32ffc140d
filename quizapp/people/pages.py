"""What the pages about people may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from quizapp.people.forms import NewPasswordForm, SignInForm
from quizapp.people.models import SignIn
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class SignInPage(Page):
    template: ClassVar[str] = "people/sign_in.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sign-in",)
    modules: ClassVar[tuple[str, ...]] = ("password",)

    form: SignInForm
    problem: str
    next_address: str
    demo_accounts: list[dict[str, str]]


@dataclass(frozen=True)
class SetPasswordPage(Page):
    template: ClassVar[str] = "people/set_password.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sign-in",)
    modules: ClassVar[tuple[str, ...]] = ("password",)

    form: NewPasswordForm
    problem: str
    person_name: str
    login: str
    least: int


@dataclass(frozen=True)
class AccountPage(Page):
    template: ClassVar[str] = "people/account.html"

    name: str
    login: str
    unit: str
    roles: list[str]
    sign_ins: list[SignIn]
    current_id: object
