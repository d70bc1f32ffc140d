"""One YAML file of the bank -> items, and every defect of shape with its line."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from quizapp.questions.rules.problems import ERRORS, Problem
from quizapp.questions.rules.schema import KINDS, AnyItem, Item, TopicFile
from quizapp.questions.rules.source import Path, Source, load

_ITEM: TypeAdapter[Item] = TypeAdapter(AnyItem)
_UNREAD = "?"  # stands in for subject or topic where the head of the file lacks it

# pydantic's name of a defect -> ours
_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_type": "not_text",
    "int_type": "not_integer",
    "bool_type": "not_boolean",
    "tuple_type": "not_list",
    "dict_type": "not_mapping",
    "model_type": "not_mapping",
    "model_attributes_type": "not_mapping",
    "string_too_short": "field_empty",
    "too_short": "field_empty",
    "union_tag_invalid": "type_unknown",
    "union_tag_not_found": "type_unknown",
}


@dataclass(frozen=True, slots=True)
class SourceItem:
    """An item and where it was written: `index` is its place, from 0, in the file's list."""

    item: Item
    source: Source
    index: int

    @property
    def line(self) -> int:
        return self.source.line(("items", self.index))

    def problem(self, code: str, *where: str | int, **values: object) -> Problem:
        """A defect of this item; `where` is a path inside it, such as "options", "A"."""
        line = self.source.line(("items", self.index, *where))
        name = ".".join(str(step) for step in where)
        return Problem(code, self.source.file, line, self.item.id, name, values)


@dataclass(frozen=True, slots=True)
class ParsedTopic:
    """One file: `items` are those whose shape is right; `problems` say what is wrong with the others."""

    file: str
    subject: str
    topic: str
    items: tuple[SourceItem, ...]
    problems: tuple[Problem, ...]
    source: Source


def parse_topic(content: str | bytes, file: str) -> ParsedTopic:
    """Reads one topic file (format: question_bank/README.md). Never raises on bad content.

    `file` is the name to report, `<subject>/<topic>.yaml`. A file whose head is wrong gives no items.
    """
    source = load(content, file)
    if source.problems and source.value is None:
        return ParsedTopic(file, "", "", (), source.problems, source)
    head, problems = _head(source)
    raw = source.value if isinstance(source.value, dict) else {}
    listed = raw.get("items")
    items: list[SourceItem] = []
    for index, value in enumerate(listed if isinstance(listed, tuple) else ()):
        item, found = _item(value, index, source, head)
        problems += found
        if item is not None and head is not None:
            items.append(SourceItem(item, source, index))
    subject, topic = (head.subject, head.topic) if head else ("", "")
    return ParsedTopic(file, subject, topic, tuple(items), (*source.problems, *problems), source)


def _head(source: Source) -> tuple[TopicFile | None, list[Problem]]:
    try:
        return TopicFile.model_validate(source.value), []
    except ValidationError as error:
        return None, [_problem(detail, source, (), None) for detail in error.errors(include_url=False)]


def _item(
    value: Any, index: int, source: Source, head: TopicFile | None
) -> tuple[Item | None, list[Problem]]:
    path: Path = ("items", index)
    item_id = str(value["id"]) if isinstance(value, dict) and value.get("id") is not None else None
    problems = [
        Problem("field_unknown", source.file, source.line((*path, name)), item_id, name, {"field": name})
        for name in ("subject", "topic")
        if isinstance(value, dict) and name in value  # said once, at the head of the file
    ]
    try:
        return _ITEM.validate_python(_completed(value, head)), problems
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, problems + [_problem(detail, source, path, item_id) for detail in details]


def _completed(value: Any, head: TopicFile | None) -> Any:
    """The item with what the head of the file, or its case, says for it."""
    if not isinstance(value, dict):
        return value
    said = {"subject": head.subject if head else _UNREAD, "topic": head.topic if head else _UNREAD}
    completed = {**value, **said}
    if value.get("type") == "case" and isinstance(value.get("parts"), tuple):
        # a part judges the situation of its case unless it says otherwise
        completed["parts"] = tuple(
            {"applied": True, **part, **said} if isinstance(part, dict) else part for part in value["parts"]
        )
    return completed


def _problem(detail: ErrorDetails, source: Source, path: Path, item_id: str | None) -> Problem:
    where = tuple(step for step in detail["loc"] if not _is_tag(step))
    code = _CODES.get(detail["type"], detail["type"])
    if code not in ERRORS:
        code = "badly_formed"
    if code == "type_unknown" and "type" in where[-1:]:
        where = where[:-1]
    if code == "type_unknown":
        where = (*where, "type")
    name = ".".join(str(step) for step in where)
    field = where[-1] if where and isinstance(where[-1], str) else name
    return Problem(code, source.file, source.line((*path, *where)), item_id, name, {"field": field})


def _is_tag(step: str | int) -> bool:
    """Steps that pydantic adds to a path for the branch of a union or the key of a mapping."""
    return isinstance(step, str) and (step in KINDS or step in ("<law>", "<document>", "[key]"))
