"""Which items rest on an article, for the page of the article."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.questions.models import Citation, Item, ItemVersion
from quizapp.questions.rules.markup import plain_stem
from quizapp.statutes.citing import Reference, cites

STEM = 40  # characters of a stem that tell one item from the next


@cites
def items_on(session: Session, law: str, version: date, number: str) -> list[Reference]:
    """Items in use, or waiting, whose current version cites this article of this version."""
    rows = session.execute(
        select(Item.code, ItemVersion.stem)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .join(Citation, Citation.item_version_id == ItemVersion.id)
        .where(Citation.law == law, Citation.law_version == version, Citation.article == number, Item.status != "retired")
        .distinct().order_by(Item.code)
    )
    return [Reference("item", f"{code} {shortened(stem)}", f"/bank/items/{code}") for code, stem in rows]


def shortened(stem: str) -> str:
    plain = plain_stem(stem)
    return plain if len(plain) <= STEM else plain[:STEM] + "…"
