"""The shapes that content may take: one model per type of item, frozen and strict."""

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic_core import PydanticCustomError

Kind = Literal["single", "multiple", "true_false", "fill", "short", "case"]
KINDS: tuple[Kind, ...] = ("single", "multiple", "true_false", "fill", "short", "case")

_IDEOGRAPHIC = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef“”‘’…—"
_FOLDED_LINE = re.compile(f"(?<=[{_IDEOGRAPHIC}]) (?=[{_IDEOGRAPHIC}])")
_ARTICLE = re.compile(r"preamble|[1-9][0-9]{0,3}(?:-[1-9][0-9]?)?")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")


def _as_written(value: object) -> object:
    """A bare number is text as it stands, and a line folded by YAML leaves no space between ideographs."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _FOLDED_LINE.sub("", value) if isinstance(value, str) else value


def _whole_date(value: str) -> str:
    return _real_date(value, len("2022-10-16"))


def _date_or_month(value: str) -> str:
    return _real_date(value, len("2022-10"))


def _real_date(value: str, shortest: int) -> str:
    try:
        if not _DATE.fullmatch(value) or len(value) < shortest:
            raise ValueError
        date.fromisoformat(value if len(value) == len("2022-10-16") else f"{value}-01")
    except ValueError:
        raise PydanticCustomError("date_form", "not a date") from None
    return value


def _article(value: str) -> str:
    if not _ARTICLE.fullmatch(value):
        raise PydanticCustomError("article_form", "not the number of an article")
    return value


def _fingerprint(value: str) -> str:
    if not _FINGERPRINT.fullmatch(value):
        raise PydanticCustomError("fingerprint_form", "not a fingerprint")
    return value


def _span(value: object) -> object:
    """Two whole numbers; JSON brings them as a list."""
    values = tuple(value) if isinstance(value, list | tuple) else value
    if not (isinstance(values, tuple) and len(values) == 2 and all(type(one) is int for one in values)):
        raise PydanticCustomError("span_form", "not a span")
    return values


def _within(code: Literal["difficulty_range", "share_range", "position_range"], high: int) -> AfterValidator:
    def check(value: int) -> int:
        if not 1 <= value <= high:
            raise PydanticCustomError(code, "out of range")
        return value

    return AfterValidator(check)


Prose = Annotated[str, BeforeValidator(_as_written), StringConstraints(strip_whitespace=True)]
Text = Annotated[Prose, Field(min_length=1)]
Difficulty = Annotated[int, _within("difficulty_range", 3)]
Position = Annotated[int, _within("position_range", 99)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LawCitation(Strict):
    """An article of a law or regulation. `article`: "189", "133-1" or "preamble"; `version`: ISO date.

    `text` and `span` prove the key, see `rules.proof`. `quote` stands in their place while an item is written:
    the words of the article that prove the key, which `quizapp bank prove` turns into the two.
    """

    law: Text
    version: Annotated[Text, AfterValidator(_whole_date)]
    article: Annotated[Text, AfterValidator(_article)]
    paragraph: Position | None = None
    item: Position | None = None
    text: Annotated[Prose, AfterValidator(_fingerprint)] | None = None
    span: Annotated[tuple[int, int], BeforeValidator(_span)] | None = None
    quote: Text | None = None


class DocumentCitation(Strict):
    """A document that is no statute: Party rules, reports. `date`: ISO day, or month where no day is known."""

    document: Text
    issuer: Text
    date: Annotated[Text, AfterValidator(_date_or_month)]
    locator: Text


def _citation_tag(value: Any) -> str:
    return "<document>" if isinstance(value, DocumentCitation) or "document" in value else "<law>"


Citation: TypeAlias = Annotated[
    Annotated[LawCitation, Tag("<law>")] | Annotated[DocumentCitation, Tag("<document>")],
    Discriminator(lambda value: _citation_tag(value) if isinstance(value, dict | Strict) else "<law>"),
]


class RubricPoint(Strict):
    """What earns marks in a short answer; `share` in per cent of the item's marks."""

    point: Text
    share: Annotated[int, _within("share_range", 100)]


class _Question(Strict):
    """What all types but `case` have. `stem` keeps its markup: [[…]] emphasised, ____ a blank."""

    subject: Text
    topic: Text
    id: Text
    difficulty: Difficulty
    applied: bool
    stem: Text
    explanation: Text
    basis: tuple[Citation, ...] = ()


class _Choice(_Question):
    """`options` and `distractors` by option id ("A" …); `key`: the ids of the right options."""

    options: dict[str, Text]
    key: Annotated[tuple[Text, ...], Field(min_length=1)]
    distractors: dict[str, Text] = Field(default_factory=dict)


class Single(_Choice):
    type: Literal["single"] = "single"


class Multiple(_Choice):
    type: Literal["multiple"] = "multiple"


class TrueFalse(_Question):
    """`distractors` has one entry: the wrong judgement, "true" or "false", and why it does not hold."""

    type: Literal["true_false"] = "true_false"
    key: bool
    distractors: dict[str, Text] = Field(default_factory=dict)


class Fill(_Question):
    """`key`: per blank the accepted variants, the standard one first. `distractors`: frequent wrong fills."""

    type: Literal["fill"] = "fill"
    key: Annotated[tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...], Field(min_length=1)]
    distractors: dict[str, Text] = Field(default_factory=dict)


class Short(_Question):
    """`key`: the reference answer."""

    type: Literal["short"] = "short"
    key: Text
    rubric: Annotated[tuple[RubricPoint, ...], Field(min_length=1)]


Question: TypeAlias = Single | Multiple | TrueFalse | Fill | Short
Part: TypeAlias = Annotated[Question, Field(discriminator="type")]


class Case(Strict):
    """A situation with several questions; what can be marked are its `parts`."""

    subject: Text
    topic: Text
    id: Text
    type: Literal["case"] = "case"
    difficulty: Difficulty | None = None
    applied: bool = True
    stem: Prose = ""
    material: Text
    explanation: Prose = ""
    basis: tuple[Citation, ...] = ()
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


Item: TypeAlias = Question | Case
AnyItem = Annotated[Item, Field(discriminator="type")]


class TopicFile(Strict):
    """The head of one file of the bank; its items are read one by one."""

    subject: Text
    topic: Text
    items: Annotated[tuple[Any, ...], Field(min_length=1)]


def difficulty_of(item: Item) -> int:
    """1 to 3; a case that states none is as hard as its hardest part."""
    if isinstance(item, Case) and item.difficulty is None:
        return max(part.difficulty for part in item.parts)
    return item.difficulty or 1
