"""What has to be known of items that are drawn for a paper: which must not meet, and which versions ask the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.questions.models import Citation, Item, ItemVersion
from quizapp.questions.rules.content import asks_the_same, from_content
from quizapp.questions.rules.kinship import enemy_pairs

MOST_NAMED = 5000  # ids named in one statement; the databases take some tens of thousands


def enemies(session: Session, pool: Mapping[int, int]) -> set[tuple[int, int]]:
    """Pairs of item ids, the smaller first, of which one gives the other's answer away or which ask the same.

    `pool`: version id → item id. Only the content of versions that share an article with another is read.
    """
    cited = session.execute(
        select(Citation.law, Citation.article, Citation.item_version_id).where(Citation.law.is_not(None)).distinct()
    )
    citing: dict[tuple[str | None, str | None], list[int]] = defaultdict(list)
    for law, article, version_id in cited:
        if version_id in pool:
            citing[law, article].append(version_id)
    beside = sorted({version_id for ids in citing.values() if len(ids) > 1 for version_id in ids})
    contents = _contents(session, beside)
    return enemy_pairs({pool[version_id]: from_content(content) for version_id, content in contents.items()})


def same_question(session: Session, version_ids: Collection[int]) -> dict[int, int]:
    """Version id → item id, for those versions that ask what the current version of their item asks."""
    rows = session.execute(
        select(ItemVersion.id, ItemVersion.item_id, ItemVersion.number == Item.current_version)
        .join(Item, Item.id == ItemVersion.item_id)
    ).all()
    current = {item_id: version_id for version_id, item_id, is_current in rows if is_current}
    wanted = set(version_ids)
    older = [(version_id, item_id) for version_id, item_id, is_current in rows if not is_current and version_id in wanted]
    contents = _contents(session, sorted({one for version_id, item_id in older for one in (version_id, current[item_id])}))
    found = {version_id: item_id for item_id, version_id in current.items() if version_id in wanted}
    return found | {
        version_id: item_id for version_id, item_id in older
        if asks_the_same(contents[version_id], contents[current[item_id]])
    }


def _contents(session: Session, version_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What versions say, read in pieces that every database takes."""
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(version_ids), MOST_NAMED):
        some = version_ids[start : start + MOST_NAMED]
        rows = session.execute(select(ItemVersion.id, ItemVersion.content).where(ItemVersion.id.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found
