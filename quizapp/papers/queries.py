"""Reading blueprints and forms."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import NotFoundError
from quizapp.papers.models import Blueprint, BlueprintRow, Form, FormQuestion
from quizapp.papers.rules.blueprint import Cell
from quizapp.papers.rules.comparison import FormContent
from quizapp.questions.models import ItemVersion
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.schema import Case, Item, Question

FORMS_KEPT = 128


@dataclass(frozen=True)
class PaperQuestion:
    """A question of a form with its whole item (for a case: with all parts). `part` counts from 1, 0 for no case."""

    position: int
    item_version_id: int
    part: int
    type: str
    marks: Decimal
    item: Item

    @property
    def question(self) -> Question:
        """What is answered: the item itself, or the part of a case."""
        return self.item.parts[self.part - 1] if isinstance(self.item, Case) else self.item


class KeptForms:
    """The forms of one database that were used last, read and parsed. A form never changes once it is made.

    The hash is part of the name all the same: an id that a rolled-back form gave up may come again.
    """

    def __init__(self) -> None:
        self._forms: OrderedDict[tuple[int, str], tuple[PaperQuestion, ...]] = OrderedDict()
        self._lock = Lock()

    def get(self, name: tuple[int, str]) -> tuple[PaperQuestion, ...] | None:
        with self._lock:
            if name in self._forms:
                self._forms.move_to_end(name)
            return self._forms.get(name)

    def put(self, name: tuple[int, str], questions: tuple[PaperQuestion, ...]) -> None:
        with self._lock:
            self._forms[name] = questions
            while len(self._forms) > FORMS_KEPT:
                self._forms.popitem(last=False)


# by engine, so that two databases in one process never see each other's forms
_kept: WeakKeyDictionary[Engine, KeptForms] = WeakKeyDictionary()


def blueprint(session: Session, blueprint_id: int) -> Blueprint:
    found = session.get(Blueprint, blueprint_id)
    if found is None:
        raise NotFoundError("没有找到这份细目表")
    return found


def rows(session: Session, blueprint_id: int) -> list[BlueprintRow]:
    return list(
        session.scalars(
            select(BlueprintRow).where(BlueprintRow.blueprint_id == blueprint_id).order_by(BlueprintRow.position)
        )
    )


def cells(session: Session, blueprint_id: int) -> list[Cell]:
    return [
        Cell(row.subject_code, row.type, row.difficulty, row.count, row.marks) for row in rows(session, blueprint_id)
    ]


def kinds(session: Session, blueprint_id: int) -> set[str]:
    """The types of question on the forms of a blueprint, those of the parts of cases included."""
    found = select(FormQuestion.type).join(Form, Form.id == FormQuestion.form_id).where(Form.blueprint_id == blueprint_id)
    return set(session.scalars(found.distinct()))


def forms(session: Session, blueprint_id: int) -> list[Form]:
    return list(session.scalars(select(Form).where(Form.blueprint_id == blueprint_id).order_by(Form.number)))


def form_questions(session: Session, form_id: int) -> list[FormQuestion]:
    return list(
        session.scalars(select(FormQuestion).where(FormQuestion.form_id == form_id).order_by(FormQuestion.position))
    )


def questions_with_content(session: Session, form_id: int) -> tuple[PaperQuestion, ...]:
    """Everything needed to show or mark a form, in its order; read from the tables once in each process."""
    content_hash = session.scalar(select(Form.content_hash).where(Form.id == form_id)) or ""
    return questions_of(session.connection(), form_id, content_hash)


def questions_of(connection: Connection, form_id: int, content_hash: str) -> tuple[PaperQuestion, ...]:
    """The same where the hash is known already: no statement at all, once the form is kept."""
    kept = _kept.setdefault(connection.engine, KeptForms())
    found = kept.get((form_id, content_hash))
    if found is None:
        with Session(connection, join_transaction_mode="rollback_only") as session:
            found = read_form(session, form_id)
        kept.put((form_id, content_hash), found)
    return found


def read_form(session: Session, form_id: int) -> tuple[PaperQuestion, ...]:
    """The same from the tables, whatever this process has kept."""
    rows = session.execute(
        select(FormQuestion, ItemVersion.content)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id)
        .where(FormQuestion.form_id == form_id)
        .order_by(FormQuestion.position)
    ).all()
    # the parts of a case share one parsed item
    items = {question.item_version_id: from_content(content) for question, content in rows}
    return tuple(
        PaperQuestion(q.position, q.item_version_id, q.part, q.type, q.marks, items[q.item_version_id])
        for q, _content in rows
    )


def exposure(session: Session) -> Counter[int]:
    """How many forms each item is on, by item id."""
    found = session.execute(
        select(ItemVersion.item_id, func.count(func.distinct(FormQuestion.form_id)))
        .join(FormQuestion, FormQuestion.item_version_id == ItemVersion.id)
        .group_by(ItemVersion.item_id)
    ).all()
    return Counter({row[0]: row[1] for row in found})


def items_on_forms(session: Session, blueprint_id: int) -> dict[int, frozenset[int]]:
    """Form id → the ids of its items, for the forms of one blueprint."""
    return items_of_forms(session, [form.id for form in forms(session, blueprint_id)])


def items_of_forms(session: Session, form_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Form id → the ids of its items, for these forms in their order."""
    found: dict[int, set[int]] = {form_id: set() for form_id in form_ids}
    for form_id, item_id in session.execute(
        select(FormQuestion.form_id, ItemVersion.item_id)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id)
        .where(FormQuestion.form_id.in_(form_ids))
    ):
        found[form_id].add(item_id)
    return {form_id: frozenset(items) for form_id, items in found.items()}


def form_contents(session: Session, blueprint_id: int) -> list[FormContent]:
    """What comparing the forms of a blueprint needs to know of each, in their order."""
    forms: dict[int, FormContent] = {}
    for number, total, expected, item_id, difficulty in session.execute(
        select(Form.number, Form.total, Form.expected, ItemVersion.item_id, ItemVersion.difficulty)
        .join(FormQuestion, FormQuestion.form_id == Form.id)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id)
        .where(Form.blueprint_id == blueprint_id).order_by(Form.number, FormQuestion.position)
    ):
        content = forms.setdefault(number, FormContent(number, total, Counter(), {}, expected))
        content.questions[item_id] += 1
        content.levels[item_id] = difficulty
    return list(forms.values())


def expected_shares(session: Session, blueprint_id: int) -> Mapping[int, float | None]:
    """Number of each form → the share of its marks that it was expected to bring when it was made."""
    found: Mapping[int, float | None] = dict(session.execute(
        select(Form.number, Form.expected).where(Form.blueprint_id == blueprint_id).order_by(Form.number)
    ).all())
    return found


def exposed_before(session: Session, blueprint_id: int) -> set[int]:
    """The items on forms of this blueprint that are also on forms which were made earlier."""
    first = select(func.min(Form.id)).where(Form.blueprint_id == blueprint_id).scalar_subquery()
    here = (
        select(ItemVersion.item_id).join(FormQuestion, FormQuestion.item_version_id == ItemVersion.id)
        .join(Form, Form.id == FormQuestion.form_id).where(Form.blueprint_id == blueprint_id)
    )
    return set(session.scalars(
        select(ItemVersion.item_id).distinct().join(FormQuestion, FormQuestion.item_version_id == ItemVersion.id)
        .where(FormQuestion.form_id < first, ItemVersion.item_id.in_(here))
    ))
