"""What the pages about people may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from quizapp.people.forms import (
    ChangePasswordForm,
    EndForm,
    JoinForm,
    LeaveForm,
    NewPasswordForm,
    OutForm,
    PersonForm,
    ResetPasswordForm,
    RoleForm,
    SecondForm,
    SecondStepForm,
    SignInForm,
    TransferForm,
    UnitForm,
)
from quizapp.people.models import SignIn, Unit
from quizapp.people.queries import Belonging, Listed, PersonFilters, Profile, TreeUnit
from quizapp.people.rules.roster import Difference
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class SignInPage(Page):
    """`field`: where the problem can be put right; `single_sign_on`, `directory`: what the installation has besides;
    `left`: the person has just signed out here, and not yet at the single sign-on.
    """

    template: ClassVar[str] = "people/sign_in.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sign-in",)
    modules: ClassVar[tuple[str, ...]] = ("password",)

    form: SignInForm
    problem: str
    field: str
    next_address: str
    demo_accounts: list[dict[str, str]]
    single_sign_on: bool
    directory: bool
    left: bool


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
class ChangePasswordPage(Page):
    template: ClassVar[str] = "people/own_password.html"
    modules: ClassVar[tuple[str, ...]] = ("password",)

    form: ChangePasswordForm
    problem: str
    least: int
    login: str


@dataclass(frozen=True)
class WaysIn:
    """How one may sign in: by a password of the platform or of the directory, by single sign-on; since when the account
    there is known to be theirs."""

    own_password: bool
    directory: bool
    single_sign_on: bool
    linked_at: datetime | None


@dataclass(frozen=True)
class AccountPage(Page):
    template: ClassVar[str] = "people/account.html"

    name: str
    login: str
    unit: str
    roles: list[str]
    sign_ins: list[tuple[SignIn, str]]  # with the device in words
    current_id: object
    second_factor: bool
    may_have_second_factor: bool
    recovery_codes: int
    ways: WaysIn
    strong: bool  # a second factor was asked for where they signed in


@dataclass(frozen=True)
class SecondStepPage(Page):
    """After the password. `recovery`: the field is laid out for a recovery code."""

    template: ClassVar[str] = "people/second_step.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sign-in",)

    form: SecondStepForm
    problem: str
    person_name: str
    login: str
    recovery: bool


@dataclass(frozen=True)
class ResetPasswordPage(Page):
    template: ClassVar[str] = "people/reset_password.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sign-in",)
    modules: ClassVar[tuple[str, ...]] = ("password",)

    form: ResetPasswordForm
    problem: str
    least: int
    minutes: int


@dataclass(frozen=True)
class SecondFactorPage(Page):
    """One's own second factor. `key` and `qr` while one is being set up; `codes` on the one page view after they
    were made; `may` whether this account may set one up; `going` where the person was on the way to, or "";
    `by_password`: there is a password that can be asked for again.
    """

    template: ClassVar[str] = "people/second_factor.html"
    styles: ClassVar[tuple[str, ...]] = ("page-people",)
    modules: ClassVar[tuple[str, ...]] = ("password",)

    problem: str
    on: bool
    key: str
    qr: str
    codes: list[str]
    left: int
    may: bool
    required: bool
    going: str
    by_password: bool


@dataclass(frozen=True)
class PeoplePage(Page):
    """Root of the pages of the desks."""

    styles: ClassVar[tuple[str, ...]] = ("page-people",)
    section: ClassVar[str] = "people"


@dataclass(frozen=True)
class UnitsPage(PeoplePage):
    """One tree, `kind`; `both`: the reader may see the other as well."""

    template: ClassVar[str] = "people/units.html"

    tree: list[TreeUnit]
    closed: bool
    may_change: bool
    kind: str
    both: bool


@dataclass(frozen=True)
class UnitPage(PeoplePage):
    """A new unit (`unit` is None) or one that exists; `people` counts those who still belong to it. `kind`: in which tree."""

    template: ClassVar[str] = "people/unit.html"

    form: UnitForm
    problem: str
    unit: Unit | None
    people: int
    kind: str


@dataclass(frozen=True)
class PersonsPage(PeoplePage):
    template: ClassVar[str] = "people/persons.html"

    table: Table[Listed]
    filters: PersonFilters
    unit_id: int
    units: list[tuple[int, str]]
    ranks: list[str]
    post_types: list[str]
    statuses: list[tuple[str, str]]
    filtered: bool
    may_change: bool
    without_password: int
    too_much: list[tuple[int, str, list[str]]]


@dataclass(frozen=True)
class NewPersonPage(PeoplePage):
    template: ClassVar[str] = "people/new_person.html"

    form: PersonForm
    problem: str


@dataclass(frozen=True)
class ActForms:
    """The forms of the acts on memberships; `refused` names the act whose form comes back as it was typed."""

    transfer: TransferForm
    second: SecondForm
    leave: LeaveForm
    end: EndForm
    join: JoinForm
    out: OutForm
    refused: str = ""


@dataclass(frozen=True)
class Rights:
    """What the reader may do about a person: hand out a link or code (or `link_hint` says who does), change data, act on
    the account, grant roles, take out or erase personal data."""

    link: bool
    link_hint: str
    change: bool
    close: bool
    grant: bool
    personal_data: bool


@dataclass(frozen=True)
class PersonPage(PeoplePage):
    """`branches`: where the person belonged in the Party, for who may change it; `any_branch`: there are branches to
    choose from. `link` and `code` are there on the one page view after they were made, otherwise empty. `linked_at`: since when an
    account at the single sign-on is theirs; `directory`: their password is the directory's. `too_much`: roles of
    theirs that belong to different people, for those who can put it right."""

    template: ClassVar[str] = "people/person.html"
    modules: ClassVar[tuple[str, ...]] = ("copy",)

    profile: Profile
    form: PersonForm
    acts: ActForms
    branches: list[Belonging]
    any_branch: bool
    counting_names: dict[str, str]
    ending_names: dict[str, str]
    role_form: RoleForm
    role_names: dict[str, str]
    problem: str
    link: str
    code: str
    may: Rights
    too_much: list[str]
    linked_at: datetime | None
    single_sign_on: bool
    directory: bool


@dataclass(frozen=True)
class ImportPage(PeoplePage):
    template: ClassVar[str] = "people/import_roster.html"

    problem: str
    columns: tuple[str, ...]
    most_rows: int


@dataclass(frozen=True)
class Line:
    """One line of a trial's list: the row in the file (0 where there is none), who, and what would happen.
    `person_id` is that of an absent person who may be ticked to leave, otherwise 0."""

    row: int
    login: str
    name: str
    text: str
    person_id: int = 0


@dataclass(frozen=True)
class TrialPage(PeoplePage):
    """What an import would do. `lists`: name of a group, its whole number, and at most `most` of its lines.
    `columns`: the columns of the roster with their places in the file."""

    template: ClassVar[str] = "people/import_trial.html"

    upload_id: UUID
    difference: Difference
    columns: list[str]
    problems: list[tuple[int, str, str]]
    lists: list[tuple[str, int, list[Line]]]
    most: int
    fingerprint: str
    ticked: list[int]
    everybody: bool
    problem: str


@dataclass(frozen=True)
class Choice:
    """One column of the roster on the page where columns are chosen: its name, whether it must be there, its index
    in the file (-1 for none), and whether several headings could be meant."""

    name: str
    needed: bool
    index: int
    doubtful: bool


@dataclass(frozen=True)
class ColumnsPage(PeoplePage):
    """`headings`: index and words of every column of the file that may be chosen."""

    template: ClassVar[str] = "people/import_columns.html"

    upload_id: UUID
    choices: list[Choice]
    headings: list[tuple[int, str]]
    problem: str
