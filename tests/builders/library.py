"""A law library of invented laws: in the database, or as the files that an import reads."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.numerals import to_chinese
from quizapp.statutes import search_index
from quizapp.statutes.models import Law, LawArticle, LawVersion
from quizapp.statutes.rules.wording import fingerprint

TITLE = "中华人民共和国示例法"
ADOPTED = "2021年1月1日 第一届示例会议通过"


# ---------------------------------------------------------------- in the database


def make_law(
    session: Session, name: str, versions: Mapping[str, Mapping[str, str]],
    dates: Mapping[str, Mapping[str, Any]] | None = None, **fields: Any,
) -> Law:
    """A law with its texts, indexed for the search. `versions`: ISO date → number → text; `dates`: ISO date → columns
    of the version, which is in force from its own day unless they say otherwise; `fields`: columns of the law."""
    law = Law(**{"name": name, "title": f"中华人民共和国{name}", "kind": "law", "issuer": "示例会议", "aliases": []} | fields)
    session.add(law)
    session.flush()
    for version, articles in versions.items():
        _make_version(session, name, date.fromisoformat(version), articles, (dates or {}).get(version, {}))
    return law


def _make_version(session: Session, name: str, version: date, articles: Mapping[str, str], dates: Mapping[str, Any]) -> None:
    columns: dict[str, Any] = {"in_force_since": version, "article_count": len(articles), "repeals": [], "imported_at": clock.now()}
    session.add(LawVersion(law=name, version=version, **columns | dict(dates)))
    session.flush()
    rows = [
        LawArticle(law=name, version=version, number=number, position=place, path=[], text=text, fingerprint=fingerprint(text))
        for place, (number, text) in enumerate(articles.items(), 1)
    ]
    session.add_all(rows)
    session.flush()
    search_index.add(session, [(row.id, row.text or "") for row in rows])


# ---------------------------------------------------------------- as files


def law_text(*parts: str, title: str = TITLE, head: str = ADOPTED, part: str = "", first: int = 1) -> str:
    """A file in the plain format. Each of `parts` is an article, numbered from `first` on, or a heading that begins
    with #; `part` is the name of this part of a law that lies in several files."""
    lines = [f"# {title}", *([f"# {part}"] if part else []), head, "<!-- INFO END -->"]
    number = first
    for words in parts:
        if words.startswith("#"):
            lines.append(words)
        else:
            lines.append(f"第{to_chinese(number)}条 {words}")
            number += 1
    return "\n\n".join(lines) + "\n"


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Files below a folder, texts in UTF-8; the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def word_law(*lines: str, link: str = "") -> bytes:
    """A Word file with a paragraph a line; the last one carries a hyperlink to the address `link`."""
    document = docx.Document()
    for line in lines:
        paragraph = document.add_paragraph(line)
    if link:
        _link(paragraph, link)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _link(paragraph: Paragraph, address: str) -> None:
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run("。")
    element.append(run._r)
    paragraph._p.append(element)
