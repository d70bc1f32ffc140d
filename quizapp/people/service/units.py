"""Acts on the unit tree."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import ConflictError, InputError
from quizapp.people import queries
from quizapp.people.models import Unit
from quizapp.people.rules.memberships import ADMINISTRATIVE, PARTY

# as long as the column: an id has at most ten digits
PATH_LENGTH = 200


def add_unit(
    session: Session, code: str, name: str, parent: Unit | None, position: int | None = None, kind: str = ADMINISTRATIVE
) -> Unit:
    """A unit below `parent`, in its tree, or at the top of the tree of this kind; the last among its siblings unless
    `position` says otherwise.

    Raises InputError for a code that is taken, ConflictError below a closed unit.
    """
    if parent is not None and parent.closed_on is not None:
        raise ConflictError("“%(name)s”已经停用，不能在它下面新增单位", name=parent.name)
    _code_is_free(session, code, None)
    if position is None:
        position = 1 + (session.scalar(select(func.max(Unit.position)).where(_siblings(parent.id if parent else None, kind))) or 0)
    unit = Unit(code=code, name=name, parent_id=parent.id if parent else None, position=position, path="",
                kind=parent.kind if parent else kind)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    if len(unit.path) > PATH_LENGTH:
        raise InputError("单位的层级太深，请放到上面的某一级")
    return unit


def change_unit(session: Session, unit: Unit, code: str, name: str) -> None:
    """Another name or code. Exams that were published keep the names of their day."""
    _code_is_free(session, code, unit.id)
    unit.code, unit.name = code, name


def move_unit(session: Session, unit: Unit, step: int) -> bool:
    """One place up (-1) or down (+1) among the open siblings; false where it already stands at the end."""
    siblings = list(session.scalars(
        select(Unit).where(_siblings(unit.parent_id, unit.kind), Unit.closed_on.is_(None)).order_by(Unit.position, Unit.id)
    ))
    here = siblings.index(unit) if unit in siblings else -1
    there = here + (1 if step > 0 else -1)
    if here < 0 or not 0 <= there < len(siblings):
        return False
    siblings[here], siblings[there] = siblings[there], siblings[here]
    for position, sibling in enumerate(siblings, 1):
        sibling.position = position
    return True


def close_unit(session: Session, unit: Unit, on: date) -> None:
    """Raises ConflictError while people or open units below belong to it, and for the unit at the top of the agency."""
    if unit.parent_id is None and unit.kind == ADMINISTRATIVE:
        raise ConflictError("“%(name)s”是最上级单位，不能停用", name=unit.name)
    people = queries.people_in(session, unit.id, on)
    if people:
        if unit.kind == PARTY:
            raise ConflictError("“%(name)s”还有 %(n)s 人，请先把他们转到别的党支部", name=unit.name, n=people)
        raise ConflictError("“%(name)s”还有 %(n)s 人，请先把他们调到别的单位", name=unit.name, n=people)
    children = session.scalar(
        select(func.count()).select_from(Unit).where(Unit.parent_id == unit.id, Unit.closed_on.is_(None))
    )
    if children:
        if unit.kind == PARTY:
            raise ConflictError("“%(name)s”下面还有 %(n)s 个党支部，请先停用它们", name=unit.name, n=children)
        raise ConflictError("“%(name)s”下面还有 %(n)s 个单位，请先停用它们", name=unit.name, n=children)
    unit.closed_on = on


def reopen_unit(session: Session, unit: Unit) -> None:
    """Raises ConflictError below a closed unit."""
    parent = session.get(Unit, unit.parent_id) if unit.parent_id else None
    if parent is not None and parent.closed_on is not None:
        raise ConflictError("上级单位“%(name)s”已经停用，请先恢复它", name=parent.name)
    unit.closed_on = None


def _siblings(parent_id: int | None, kind: str) -> ColumnElement[bool]:
    return Unit.parent_id.is_(None) & (Unit.kind == kind) if parent_id is None else Unit.parent_id == parent_id


def _code_is_free(session: Session, code: str, own_id: int | None) -> None:
    taken = session.scalar(select(Unit).where(Unit.code == code, Unit.id != (own_id or 0)))
    if taken is not None:
        raise InputError("编码 %(code)s 已经是“%(name)s”的，请换一个", code=code, name=taken.name)
