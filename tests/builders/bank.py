"""Items of every type. Whatever a candidate must not see before release contains the word `SECRET`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from quizapp.questions.models import Citation, Item, ItemVersion, Subject
from quizapp.questions.rules.content import content_hash, to_content
from quizapp.questions.rules.schema import AnyItem, Case, LawCitation, difficulty_of

SECRET = "天机不可泄露"
ITEM: TypeAdapter[Any] = TypeAdapter(AnyItem)
LAW = {"law": "示例法", "version": "2021-01-01", "article": "12", "paragraph": 1}
_numbers = count(1)


def make_subject(session: Session, code: str = "constitution", name: str = "宪法") -> Subject:
    found = session.get(Subject, code)
    if found is None:
        found = Subject(code=code, name=name, name_en="Constitution", position=1, terms=[])
        session.add(found)
        session.flush()
    return found


def content_of(kind: str = "single", **changes: Any) -> dict[str, Any]:
    """Content of one item as the bank writes it; `changes` replace or add fields."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "type": kind, "id": f"constitution-{number:05}", "subject": "constitution", "topic": "示例", "difficulty": 1,
        "applied": False, "stem": f"第 {number} 号试题：{_matter(number)}，下列说法[[正确]]的是？", "explanation": f"解析{SECRET}{number}",
        "basis": [LAW],
    }
    fields |= _OF_KIND[kind]()
    return fields | changes


def _matter(number: int) -> str:
    """Words of its own for each item: all rest on one article, and near duplicates never share a paper."""
    letters = base64.b32encode(hashlib.sha256(str(number).encode()).digest()).decode().lower()
    return " ".join(letters[place : place + 5] for place in range(0, 40, 5))


def _choice(key: list[str]) -> dict[str, Any]:
    return {"options": {letter: f"说法{letter}" for letter in "ABCD"}, "key": key,
            "distractors": {letter: f"理由{SECRET}{letter}" for letter in "ABCD" if letter not in key}}


def _case() -> dict[str, Any]:
    parts = [content_of("single", stem="案例第一问？"), content_of("true_false", stem="案例第二问。")]
    return {"material": "某局拟作出一项决定。", "stem": "", "explanation": "", "difficulty": None, "applied": True,
            "parts": parts}


_OF_KIND = {
    "single": lambda: _choice(["B"]),
    "multiple": lambda: _choice(["A", "C"]),
    "true_false": lambda: {"key": True, "distractors": {"false": f"理由{SECRET}"}},
    "fill": lambda: {"stem": "期限为____日，从____起算。", "key": [["六十", f"60{SECRET}"], ["次日"]]},
    "short": lambda: {"stem": "简述听证的程序。", "key": f"参考答案{SECRET}",
                      "rubric": [{"point": f"要点{SECRET}", "share": 100}]},
    "case": _case,
}


def make_item(session: Session, kind: str = "single", **changes: Any) -> ItemVersion:
    """A published item in its first version."""
    make_subject(session)
    parsed = ITEM.validate_python(_tupled(content_of(kind, **changes)))
    item = Item(code=parsed.id, subject_code=parsed.subject, current_version=1)
    session.add(item)
    session.flush()
    version = ItemVersion(
        item_id=item.id, number=1, type=parsed.type, difficulty=difficulty_of(parsed), applied=parsed.applied,
        topic=parsed.topic, stem=parsed.stem or parsed.id, content=to_content(parsed),
        part_count=len(parsed.parts) if isinstance(parsed, Case) else 0,
        content_hash=content_hash(parsed), created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(version)
    session.flush()
    session.add_all(_citations(version.id, parsed.basis))
    session.flush()
    return version


def _tupled(value: Any) -> Any:
    """Lists as tuples: the strict models take nothing else from Python."""
    if isinstance(value, list):
        return tuple(_tupled(entry) for entry in value)
    return {key: _tupled(entry) for key, entry in value.items()} if isinstance(value, dict) else value


def _citations(version_id: int, basis: Sequence[Any]) -> list[Citation]:
    return [
        Citation(item_version_id=version_id, law=cited.law, law_version=date.fromisoformat(cited.version),
                 article=cited.article, paragraph=cited.paragraph, position=position, fingerprint=cited.text,
                 span_start=cited.span[0] if cited.span else None, span_end=cited.span[1] if cited.span else None)
        for position, cited in enumerate(basis, 1) if isinstance(cited, LawCitation)
    ]


def kinds_of(version: ItemVersion) -> list[tuple[int, str]]:
    """(part, answered type) of every question that the item asks."""
    if version.type != Case.model_fields["type"].default:
        return [(0, version.type)]
    return [(number, part["type"]) for number, part in enumerate(version.content["parts"], 1)]
