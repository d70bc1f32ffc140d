"""The law library and what rests on it: import, search, proofs, generation, near duplicates.

The texts are those of the collection beside the repository; without it only what needs none is measured.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from flask import Flask

from quizapp.config import ROOT
from quizapp.db import db
from quizapp.questions.files import read_bank
from quizapp.questions.gate import tally
from quizapp.questions.rules.duplicates import comparable, near_duplicates
from quizapp.questions.rules.generation import SourceArticle, candidates
from quizapp.statutes import queries
from quizapp.statutes.importing import import_path
from tests.bench.figures import Figure, application, median_seconds, seconds
from tests.bench.pages import postgresql
from tests.shared_texts import ABSENT, SHARED, shared_texts_present

BANK = ROOT / "question_bank"
DAY = date(2026, 11, 25)
# what people look for: two characters, longer words, several words, laws by their names, articles in both numerals
SEARCHES = (
    "合同", "保密", "公民", "行政机关", "国家秘密", "合法权益", "法律责任", "政府采购", "重大行政决策", "行政复议 期限", "公务员 处分",
    "国家秘密 密级", "个人信息 同意", "安全生产 负责人", "档案 开放", "信访 期限", "民法典 一千二百六十条", "民法典1260", "行诉法 46",
    "行政处罚法第三十六条", "宪法", "保密法", "监察法", "没收违法所得", "听证", "紧急状态", "预算 决算", "国有资产 处置", "节能 目标", "诉讼时效",
)
GENERATED = ("行政复议法", "公务员法", "保守国家秘密法", "行政处罚法", "机关事务管理条例")


def measure() -> list[Figure]:
    figures = [Figure("check of the bank's files with proofs", median_seconds(lambda: read_bank(BANK), 3), 5, "s"),
               Figure("near duplicates among 10,000 items", seconds(lambda: list(near_duplicates(ten_thousand()))), 10, "s")]
    if not shared_texts_present():
        print(f"import, search and generation are not measured: {ABSENT}")
        return figures
    with application() as app:
        figures += measured(app, "SQLite")
    with postgresql() as url, application(url) as app:
        return figures + measured(app, "PostgreSQL")


def measured(app: Flask, database: str) -> list[Figure]:
    texts = SHARED / "statutes"
    first = seconds(lambda: import_path(texts))
    again = seconds(lambda: import_path(texts))
    found = [Figure(f"import of all texts, {database}", first, 20, "s"),
             Figure(f"import again without changes, {database}", again, 3, "s"),
             Figure(f"search, 95th percentile, {database}", search_p95(), 30, "ms")]
    if database == "SQLite":
        found += [Figure("proofs of the bank verified by text", seconds(verify), 5, "s"),
                  Figure("time for 200 generated candidates", 200 / rate(), 1, "s")]
    return found


def search_p95() -> float:
    """Milliseconds; every search three times, the quickest of them, the 95th percentile over the searches."""
    session = db.session()
    taken = [min(seconds(lambda words=words: queries.search(session, words, DAY)) for _n in range(3)) for words in SEARCHES]
    return 1000 * statistics.quantiles(taken, n=20)[-1]


def verify() -> None:
    found = tally(db.session(), (entry.item for entry in read_bank(BANK).entries))
    if found["wrong"] or found["unproved"]:
        raise RuntimeError(f"proofs that do not hold: {found}")


def rate() -> float:
    """Candidates a second over some laws."""
    session = db.session()
    articles = [article for law in GENERATED for article in _articles(session, law)]
    start = time.perf_counter()
    made = sum(1 for _candidate in candidates(articles, seed=1))
    return made / (time.perf_counter() - start)


def _articles(session, law: str) -> Iterator[SourceArticle]:  # type: ignore[no-untyped-def]
    version = queries.version_on(session, law, DAY).version
    for row in queries.articles_of(session, law, version):
        yield SourceArticle(law, version.isoformat(), row.number, tuple(row.path), tuple((row.text or "").split("\n")))


def ten_thousand() -> list[str]:
    """The texts of the bank's items, and as many more with their characters in another order as make 10,000."""
    texts = [comparable(entry.item) for entry in read_bank(Path(BANK)).entries]
    chance = random.Random(1)  # noqa: S311
    more = ["".join(chance.sample(text, len(text))) for text in texts * (10_000 // len(texts) + 1)]
    return [*texts, *more][:10_000]
