"""The form on which an item is written or mended: every type but case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from quizapp.i18n import lazy
from quizapp.questions.rules.names import DIFFICULTY_NAMES
from quizapp.questions.rules.schema import Fill, LawCitation, Multiple, Question, Short, Single, TrueFalse

LETTERS = "ABCDEF"
BASES = 4


@dataclass(frozen=True, slots=True)
class TypedBasis:
    """A citation as typed: `quote` are the words of the article that prove the key, "" to keep the proof there is."""

    law: str
    article: str
    paragraph: str
    quote: str


class ItemForm(FlaskForm):
    """What all types share; the page shows the fields of its type alone."""

    topic = StringField(lazy("专题"), [InputRequired(), Length(max=60)])
    difficulty = SelectField(lazy("难度"), choices=[SelectChoice(str(n), lazy(name)) for n, name in DIFFICULTY_NAMES.items()])
    applied = BooleanField(lazy("情境题：题干给出情境，要求判断"))
    stem = TextAreaField(lazy("题干"), [InputRequired(), Length(max=2000)])
    keys = SelectMultipleField(lazy("答案"), choices=[SelectChoice(letter, letter) for letter in LETTERS])
    judgement = SelectField(lazy("答案"), choices=[SelectChoice("true", lazy("正确")), SelectChoice("false", lazy("错误"))],
                            validate_choice=False)  # stands on the page of judgements alone
    judgement_reason = TextAreaField(lazy("另一种判断为什么不成立"), [Length(max=500)])
    blanks = TextAreaField(lazy("每个空的答案"), [Length(max=1000)])
    answer = TextAreaField(lazy("参考答案"), [Length(max=2000)])
    rubric = TextAreaField(lazy("得分点"), [Length(max=2000)])
    explanation = TextAreaField(lazy("解析"), [InputRequired(), Length(max=2000)])

    def bases(self) -> list[TypedBasis]:
        """The citations typed, empty rows left out."""
        rows = [TypedBasis(*(str(self[f"{name}_{n}"].data or "").strip() for name in ("law", "article", "paragraph", "quote")))
                for n in range(1, BASES + 1)]
        return [row for row in rows if row.law or row.article or row.quote]

    def raw(self, item: Question) -> dict[str, Any]:
        """What was typed, in the shape of a bank file, without basis; `item` gives identity and type."""
        raw: dict[str, Any] = {
            "id": item.id, "subject": item.subject, "type": item.type, "topic": _text(self.topic.data),
            "difficulty": int(self.difficulty.data), "applied": bool(self.applied.data), "stem": _text(self.stem.data),
            "explanation": _text(self.explanation.data),
        }
        return raw | self._of_type(item)

    def _of_type(self, item: Question) -> dict[str, Any]:
        match item:
            case Single() | Multiple():
                options = {letter: text for letter in LETTERS if (text := _text(self[f"option_{letter}"].data))}
                keys = tuple(letter for letter in self.keys.data or () if letter in options)
                reasons = {letter: text for letter in options if letter not in keys and (text := _text(self[f"reason_{letter}"].data))}
                return {"options": options, "key": keys, "distractors": reasons}
            case TrueFalse():
                key = self.judgement.data == "true"
                return {"key": key, "distractors": {str(not key).lower(): _text(self.judgement_reason.data)}}
            case Fill():
                lines = [line for line in _text(self.blanks.data).splitlines() if line.strip()]
                return {"key": tuple(tuple(_parts(line)) for line in lines), "distractors": dict(item.distractors)}
            case Short():
                return {"key": _text(self.answer.data), "rubric": tuple(_points(_text(self.rubric.data)))}


for _letter in LETTERS:
    setattr(ItemForm, f"option_{_letter}", StringField(_letter, [Length(max=500)]))
    setattr(ItemForm, f"reason_{_letter}", StringField(lazy("为什么不对"), [Length(max=500)]))
for _n in range(1, BASES + 1):
    setattr(ItemForm, f"law_{_n}", StringField(lazy("法律法规"), [Length(max=120)]))
    setattr(ItemForm, f"article_{_n}", StringField(lazy("条"), [Length(max=20)]))
    setattr(ItemForm, f"paragraph_{_n}", StringField(lazy("款"), [Length(max=3)]))
    setattr(ItemForm, f"quote_{_n}", TextAreaField(lazy("证明答案的原话"), [Length(max=400)]))


def filled(item: Question, quotes: dict[int, str]) -> ItemForm:
    """The form with what an item says; `quotes`: the proving words of each citation, by its place from 1."""
    data: dict[str, Any] = {
        "topic": item.topic, "difficulty": str(item.difficulty), "applied": item.applied, "stem": item.stem,
        "explanation": item.explanation,
    }
    match item:
        case Single() | Multiple():
            data["keys"] = list(item.key)
            data |= {f"option_{letter}": text for letter, text in item.options.items()}
            data |= {f"reason_{letter}": text for letter, text in item.distractors.items()}
        case TrueFalse():
            data |= {"judgement": str(item.key).lower(), "judgement_reason": next(iter(item.distractors.values()), "")}
        case Fill():
            data["blanks"] = "\n".join(" | ".join(variants) for variants in item.key)
        case Short():
            data |= {"answer": item.key, "rubric": "\n".join(f"{point.share} {point.point}" for point in item.rubric)}
    laws = [one for one in item.basis if isinstance(one, LawCitation)][:BASES]
    for n, one in enumerate(laws, 1):
        data |= {f"law_{n}": one.law, f"article_{n}": one.article, f"paragraph_{n}": one.paragraph or "", f"quote_{n}": quotes.get(n, "")}
    return ItemForm(data=data)


def _text(value: object) -> str:
    return str(value or "").replace("\r\n", "\n").strip()


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.replace("｜", "|").split("|") if part.strip()]


def _points(text: str) -> list[dict[str, object]]:
    """「40 说明主体」 a line: the share in per cent, then the point."""
    found: list[dict[str, object]] = []
    for line in text.splitlines():
        share, _, point = line.strip().partition(" ")
        if share:
            found.append({"point": point.strip(), "share": int(share) if share.isdigit() else 0})
    return found
