"""Bank folders written for a test."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.questions import watch
from quizapp.statutes.models import LawArticle, LawVersion
from quizapp.statutes.rules.register import fingerprint_line
from quizapp.statutes.rules.wording import fingerprint

VERSION = "2021-01-01"
LAWS = [{"name": "示例法", "title": "中华人民共和国示例法", "issuer": "全国人民代表大会常务委员会", "kind": "law",
         "versions": [{"version": VERSION, "in_force_since": "2021-03-01", "articles": 90}]}]


def text_of(article: int) -> str:
    """What the invented law says in an article."""
    return f"第{article}号事项由第{article}局管辖，其他机关不得办理。"


def proof(article: int) -> dict[str, Any]:
    """A citation of the invented law with the proof that its first words are."""
    return {"law": "示例法", "version": VERSION, "article": article, "text": fingerprint(text_of(article)), "span": [0, 8]}


def fingerprints() -> str:
    pairs = [(str(article), fingerprint(text_of(article))) for article in range(1, 91)]
    return fingerprint_line("示例法", VERSION, pairs) + "\n"


SUBJECTS = [
    {"id": "constitution", "name": "宪法", "name_en": "Constitution", "terms": ["宪法"]},
    {"id": "civil-code", "name": "民法典", "name_en": "Civil Code", "terms": ["民法典"]},
]


def single(number: int, subject: str = "constitution", **changes: Any) -> dict[str, Any]:
    """One single-choice item in the shape of a bank file; `changes` replace or add fields."""
    # words that differ from item to item, so that no two are near duplicates
    word = "".join(chr(0x4E00 + (number * 7919 + place * 104729) % 20000) for place in range(24))
    fields = {
        "id": f"{subject}-{number:03}", "type": "single", "difficulty": number % 3 + 1, "applied": bool(number % 2),
        "stem": f"关于{word}的规定，{word[::-1]}归谁管辖？",
        "options": {letter: f"{word[place]}{letter}局" for place, letter in enumerate("ABCD")},
        "key": ["ABCD"[number % 4]],
        "explanation": f"第一条写明了{word}的管辖机关，其他机关没有这项职责。",
        "distractors": {letter: f"它没有这项职责，见{word[3]}。" for letter in "ABCD" if letter != "ABCD"[number % 4]},
        "basis": [proof(number % 90 + 1)],
    }
    return fields | changes


def bring_texts(session: Session) -> None:
    """The texts of the invented law, as an import brings them; the bank was built before."""
    for row in session.scalars(select(LawArticle).where(LawArticle.law == "示例法")):
        row.text = text_of(int(row.number))
    session.get_one(LawVersion, ("示例法", date.fromisoformat(VERSION))).imported_at = clock.now()
    session.flush()


def amend(session: Session, article: int, words: str, since: date) -> date:
    """A second version of the invented law, from a day on, in which one article reads otherwise."""
    version = date(2025, 6, 1)
    session.get_one(LawVersion, ("示例法", date.fromisoformat(VERSION))).ends_on = since
    session.add(LawVersion(law="示例法", version=version, in_force_since=since, repeals=[], article_count=90, imported_at=clock.now()))
    session.flush()
    for number in range(1, 91):
        text = words if number == article else text_of(number)
        session.add(LawArticle(law="示例法", version=version, number=str(number), position=number, path=[], text=text,
                               fingerprint=fingerprint(text)))
    session.flush()
    watch.look_again(session)
    return version


def write_topic(bank: Path, items: list[dict[str, Any]], subject: str = "constitution", topic: str = "topic") -> Path:
    file = bank / subject / f"{topic}.yaml"
    file.parent.mkdir(exist_ok=True)
    content = {"subject": subject, "topic": topic, "items": items}
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def make_bank(folder: Path, count: int = 3) -> Path:
    """A bank without faults: `count` single-choice items of one subject, and a subject without any."""
    bank = folder / "bank"
    bank.mkdir()
    for name, content in (("subjects.yaml", SUBJECTS), ("laws.yaml", LAWS)):
        (bank / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (bank / "fingerprints.txt").write_text(fingerprints(), encoding="utf-8")
    write_topic(bank, [single(number) for number in range(1, count + 1)])
    return bank
