"""The canonical content of an item: what is stored, hashed and handed out to other programs."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from quizapp.questions.rules.marking import Key
from quizapp.questions.rules.schema import (
    AnyItem,
    Case,
    Citation,
    Fill,
    Item,
    LawCitation,
    Multiple,
    Question,
    Short,
    Single,
    TrueFalse,
    difficulty_of,
)

_ITEM: TypeAdapter[Item] = TypeAdapter(AnyItem)


def to_content(item: Item) -> dict[str, Any]:
    """The item as plain JSON values, nothing lost: what a version stores. `from_content` reads it back."""
    return item.model_dump(mode="json")


def from_content(content: Mapping[str, Any]) -> Item:
    """The item of stored content. Raises pydantic.ValidationError where the store holds something else."""
    return _ITEM.validate_json(json.dumps(content))


def content_hash(item: Item) -> str:
    """SHA-256 (hex) over everything that a candidate sees, that is marked or that classifies the item.

    Ids are left out: the same content under another id has the same hash. The order of options counts, the
    order of the reasons and of the letters of a key does not.
    """
    canonical = json.dumps(
        _canonical(item), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _canonical(item: Item) -> dict[str, Any]:
    content = item.model_dump(mode="json", exclude={"id", "parts"})
    if isinstance(item, Case):
        content["difficulty"] = difficulty_of(item)
        content["parts"] = [_canonical(part) for part in item.parts]
    if isinstance(item, Single | Multiple):
        content["options"] = [[option, text] for option, text in item.options.items()]
        content["key"] = sorted(item.key)
    return content


ASKED = ("type", "material", "stem", "options", "key", "rubric")


def asks_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contents put the same question and take the same answer, whatever explanation, basis and
    classification say."""
    parts, others = one.get("parts", []), other.get("parts", [])
    return (
        all(one.get(field) == other.get(field) for field in ASKED) and len(parts) == len(others)
        and all(asks_the_same(part, its) for part, its in zip(parts, others, strict=True))
    )


def marking_key(question: Question) -> Key:
    """The key as `marking.mark` takes it: option ids, ("true",), accepted variants per blank, or nothing."""
    match question:
        case Single() | Multiple():
            return tuple(sorted(question.key))
        case TrueFalse():
            return (str(question.key).lower(),)
        case Fill():
            return question.key
        case Short():
            return ()


def to_export(item: Item, *, version: int, status: str, origin: str) -> dict[str, Any]:
    """One line of `bank export --format jsonl`.

    `key` is always a list of text: option ids, "true" or "false", the standard fill of each blank, or the
    reference answer. A fill also has `accepted` (variants per blank), a short answer its `rubric`, and a case
    `material` and `parts`, each part an item of its own.
    """
    exported: dict[str, Any] = {
        "id": item.id,
        "version": version,
        "type": item.type,
        "stem": item.stem,
        "options": [],
        "key": [],
        "explanation": item.explanation,
        "subject": item.subject,
        "topic": item.topic,
        "difficulty": difficulty_of(item),
        "applied": item.applied,
        "status": status,
        "origin": origin,
        "basis": [_exported_basis(citation) for citation in item.basis],
    }
    if isinstance(item, Case):
        parts = [to_export(part, version=version, status=status, origin=origin) for part in item.parts]
        return {**exported, "material": item.material, "parts": parts}
    return {**exported, **_exported_key(item)}


def _exported_key(question: Question) -> dict[str, Any]:
    match question:
        case Single() | Multiple():
            options = [{"id": option, "text": text} for option, text in question.options.items()]
            return {"options": options, "key": sorted(question.key)}
        case TrueFalse():
            return {"key": [str(question.key).lower()]}
        case Fill():
            accepted = [list(variants) for variants in question.key]
            return {"key": [variants[0] for variants in accepted], "accepted": accepted}
        case Short():
            return {"key": [question.key], "rubric": [point.model_dump() for point in question.rubric]}


def _exported_basis(citation: Citation) -> dict[str, Any]:
    if not isinstance(citation, LawCitation):
        return citation.model_dump(mode="json")
    exported = citation.model_dump(mode="json", exclude={"version", "text", "span", "quote"}, exclude_none=True)
    proof = {"text_hash": citation.text, "span": citation.span} if citation.text and citation.span else {}
    return {**exported, "law_version": citation.version, **proof}
