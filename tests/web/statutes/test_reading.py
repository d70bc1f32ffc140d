"""A version to read, one article for good, two versions side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.statutes import citing
from quizapp.statutes.citing import Reference, cites
from quizapp.statutes.rules.wording import fingerprint, span_of
from tests.builders.statutes import ACT_TEXT, NEW_TEXT, OLD_TEXT, SAMPLE, bring, register
from tests.web.statutes.conftest import Enter
from tests.web.statutes.test_finding import LANGUAGES, text

NEWER, OLDER = f"/laws/{SAMPLE}/2024-06-20", f"/laws/{SAMPLE}/2019-03-01"


@pytest.fixture
def citers() -> Iterator[None]:
    """Registered for one test."""
    before = list(citing.CITERS)
    yield
    citing.CITERS[:] = before


# ---------------------------------------------------------------- a version


@pytest.mark.parametrize(("day", "version"), [("2026-11-25", "2024-06-20"), ("2024-07-31", "2019-03-01"), ("2018-01-01", "2024-06-20")])
def test_a_law_leads_to_the_version_in_force(library: Flask, enter: Enter, exam_morning, day: str, version: str) -> None:  # type: ignore[no-untyped-def]
    exam_morning.move_to(f"{day}T04:00:00+00:00")
    answer = enter().get(f"/laws/{SAMPLE}")
    assert answer.status_code == 303
    assert answer.location.endswith(version)


def test_other_names_lead_to_the_same_law(library: Flask, enter: Enter) -> None:
    client = enter()
    for name in ("示例条例", "《清溪市登记条例》"):
        assert client.get(f"/laws/{name}").location.endswith("/2019-03-01")


@LANGUAGES
def test_a_version_is_read_whole(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(language=language), NEWER)
    for number in range(1, 10):
        assert f'id="a{number}"' in page
    for words in ("第一章 总则", "第二节 办理", '<p class="clause">（一）示例的名称和用途；</p>', 'href="#s1"', "4–6", "compare?from=2019-03-01"):
        assert words in page.replace("&amp;", "&")
    stated = ("现行有效", "2024 年 6 月 20 日", "未载明", "2024-06-20 现行") if language == "zh" else (
        "In force", "20 Jun 2024", "not stated", "2024-06-20 in force")
    for words in stated:
        assert words in page


def test_headings_go_down_by_one(library: Flask, enter: Enter) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", text(enter(), NEWER).split("<main")[1])]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@LANGUAGES
def test_an_old_version_says_since_when_and_leads_to_the_current_one(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(language=language), OLDER)
    assert ("2024 年 8 月 1 日起由 2024-06-20 版本代替" if language == "zh" else "Replaced on 1 Aug 2024 by the version of 2024-06-20") in page
    assert ("看现行的 2024-06-20 版本" if language == "zh" else "See the version in force, of 2024-06-20") in page


def test_a_version_to_come_is_told_apart(library: Flask, enter: Enter, exam_morning) -> None:  # type: ignore[no-untyped-def]
    exam_morning.move_to("2024-07-01T04:00:00+00:00")
    client = enter()
    assert "这个版本尚未施行" in text(client, NEWER)
    assert "现行有效" in text(client, OLDER)


def test_a_repealed_law_names_the_law_that_repealed_it(library: Flask, enter: Enter, tmp_path: Path) -> None:
    repealing = ACT_TEXT.replace("清溪示例法", "清溪新示例法").replace("2021年", "2025年").replace("起施行。", "起施行，《清溪示例法》同时废止。")
    with library.app_context():
        bring(tmp_path / "later", {"清溪新示例法(2025-04-02).md": repealing})
    page = text(enter(), "/laws/清溪示例法/2021-04-02")
    assert "2025 年 7 月 1 日起废止，由《清溪新示例法》规定" in page
    assert "已不施行" in page


@LANGUAGES
def test_a_version_known_by_the_register_alone_lists_its_articles(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(Role.EXAM_ADMIN, language=language), "/laws/清溪市登记条例/2019-03-01")
    assert ("法律库里还没有这个版本的文本" if language == "zh" else "The library has no text of this version yet") in page
    for words in ("第一条", "第二条", 'href="/laws/import"', "登记的说明"):
        assert words in page
    candidate = text(enter(), "/laws/清溪市登记条例/2019-03-01")
    assert "/laws/import" not in candidate
    assert "登记的说明" not in candidate


def test_a_register_without_fingerprints_is_said_to_be_so(app: Flask, enter: Enter) -> None:
    with app.app_context(), db.transaction() as session:
        register(session)
    assert "没有条文的指纹" in text(enter(), OLDER)


def test_a_text_is_held_against_the_register(app: Flask, enter: Enter, tmp_path: Path) -> None:
    with app.app_context():
        with db.transaction() as session:
            register(session, articles={"1": "为了规范示例的登记和使用，制定本条例。", "3": "别的话。", "88": "文本里没有。"})
        bring(tmp_path / "texts", {"清溪市示例管理条例(2019-03-01).md": OLD_TEXT})
    page = text(enter(Role.REVIEWER), OLDER)
    assert "与登记的指纹不同：" in page
    assert "第三条" in page.split("与登记的指纹不同：")[1][:200]
    assert "登记里有这一条，导入的文本里没有" in page
    assert "与登记的指纹不同" not in text(enter(), OLDER)
    assert "与登记的不同" in text(enter(), f"{OLDER}/3")
    assert "与登记一致" in text(enter(), f"{OLDER}/1")


def test_a_text_without_articles_is_shown_whole(app: Flask, enter: Enter, tmp_path: Path) -> None:
    whole = "# 清溪市关于例子的决定\n\n2020年1月1日 某委员会通过\n\n<!-- INFO END -->\n\n例子应当真实。\n\n本决定自公布之日起施行。\n"
    with app.app_context():
        bring(tmp_path / "whole", {"清溪市关于例子的决定(2020-01-01).md": whole})
    client = enter()
    assert "例子应当真实。" in text(client, "/laws/清溪市关于例子的决定/2020-01-01")
    assert "全文" in text(client, "/laws/清溪市关于例子的决定/2020-01-01/text")


@pytest.mark.parametrize(
    ("typed", "goes"),
    [("5", "#a5"), ("第五条", "#a5"), ("第五条之一", "#a5-1"), ("节约", "/laws?q="), ("有效期", "/laws?q=")],
)
def test_looking_within_a_law(library: Flask, enter: Enter, typed: str, goes: str) -> None:
    answer = enter().get(NEWER, query_string={"find": typed})
    assert answer.status_code == 303
    assert goes in answer.location
    assert "old=1" not in answer.location


def test_looking_for_words_in_an_old_version_searches_old_versions(library: Flask, enter: Enter) -> None:
    answer = enter().get(OLDER, query_string={"find": "有效期"}, follow_redirects=True)
    assert "登记的有效期为两年" in re.sub("</?mark[^>]*>", "", answer.get_data(as_text=True))


# ---------------------------------------------------------------- one article


@LANGUAGES
def test_an_article_has_a_page_of_its_own(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(Role.EDITOR, language=language), f"{NEWER}/5")
    for words in (fingerprint("申请材料包括：（一）示例的名称和用途；（二）制作人的姓名；（三）示例办公室要求的其他材料。"), "第二章 登记 › 第一节 申请",
                  f"{NEWER}/4", f"{NEWER}/6", f"{NEWER}#a5", f"{OLDER}/5"):
        assert words in page.replace("%E6%B8%85%E6%BA%AA%E5%B8%82%E7%A4%BA%E4%BE%8B%E7%AE%A1%E7%90%86%E6%9D%A1%E4%BE%8B", SAMPLE)
    stated = ("第五条", "未改", "还没有试题引用这一条", "现行有效") if language == "zh" else (
        "Article 5", "Unchanged", "No item cites this article yet", "In force")
    for words in stated:
        assert words in page


@pytest.mark.parametrize(
    ("address", "words"),
    [(f"{NEWER}/3", "文字不同"), (f"{NEWER}/7", "在那里是第六条，文字未改"), (f"{NEWER}/1", "未改"), (f"{OLDER}/6", "在那里是第七条，文字未改")],
)
def test_an_article_in_the_other_versions(library: Flask, enter: Enter, address: str, words: str) -> None:
    page = text(enter(), address)
    assert words in page.split('id="kin-h"')[1]


def test_an_article_that_the_other_version_lacks(library: Flask, enter: Enter, tmp_path: Path) -> None:
    longer = NEW_TEXT.replace("第九条 本条例", "第九条 样本另行规定。\n\n第十条 本条例")
    with library.app_context():
        bring(tmp_path / "longer", {"清溪市示例管理条例(2024-06-20).md": longer})
    assert "没有这一条" in text(enter(), f"{NEWER}/10").split('id="kin-h"')[1]


def test_the_first_and_the_last_article_have_one_neighbour(library: Flask, enter: Enter) -> None:
    client = enter()
    assert 'rel="prev"' not in text(client, f"{NEWER}/1")
    assert 'rel="next"' not in text(client, f"{NEWER}/9")


def test_a_span_is_marked_as_it_lies_in_this_copy(library: Flask, enter: Enter) -> None:
    client = enter()
    found = span_of("申请材料包括：\n（一）示例的名称和用途；\n（二）制作人的姓名；\n（三）示例办公室要求的其他材料。", "名称和用途；（二）制作人")
    assert found
    page = text(client, f"{NEWER}/5?span={found[0]}-{found[1]}")
    assert re.findall('<mark class="proof">([^<]*)</mark>', page) == ["名称和用途；", "（二）制作人"]
    assert "没有标出来" in text(client, f"{NEWER}/5?span=900-950")
    for odd in ("", "5", "a-b", "9-3", "-1-4", "²-³", "1-99999999999999999999"):
        page = client.get(f"{NEWER}/5", query_string={"span": odd}).get_data(as_text=True)
        assert "mark class" not in page


@pytest.mark.parametrize(("number", "goes"), [("第五条", "/5"), ("五", "/5"), ("５", "/5"), ("第五条之一", "/5-1")])
def test_other_ways_to_write_a_number_lead_to_the_permanent_address(library: Flask, enter: Enter, number: str, goes: str) -> None:
    answer = enter().get(f"{NEWER}/{number}?span=1-4")
    assert answer.status_code == 303
    assert answer.location.endswith(f"{goes}?span=1-4")


def test_what_cites_an_article_is_shown_to_those_who_work_on_the_bank(library: Flask, enter: Enter, citers: None) -> None:
    @cites
    def items(session: object, law: str, version: date, number: str) -> list[Reference]:
        return [Reference("item", f"{law} {version} {number}", "/bank/items/x-001"), Reference("exam", "年度考试", "/exams/1")]

    page = text(enter(Role.REVIEWER), f"{NEWER}/2")
    assert f'<a href="/bank/items/x-001">{SAMPLE} 2024-06-20 2</a>' in page
    assert '<a href="/exams/1">年度考试</a>' in page
    for roles in ((), (Role.SYSTEM_ADMIN,), (Role.LIAISON,)):
        assert "引用本条的试题和考试" not in text(enter(*roles), f"{NEWER}/2")


@LANGUAGES
def test_an_article_known_by_its_fingerprint_alone(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(Role.SYSTEM_ADMIN, language=language), "/laws/清溪市登记条例/2019-03-01/2")
    assert fingerprint("只有登记的第二条。") in page
    assert 'href="/laws/import"' in page


# ---------------------------------------------------------------- what is not there


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/laws/没有这部法", "法律库里没有“没有这部法”"),
        ("/laws/没有这部法/2020-01-01", "法律库里没有“没有这部法”"),
        ("/laws/没有这部法/compare", "法律库里没有“没有这部法”"),
        (f"/laws/{SAMPLE}/2020-01-01", f"《{SAMPLE}》没有 2020-01-01 的版本"),
        (f"/laws/{SAMPLE}/2020-13-45", f"《{SAMPLE}》没有 2020-13-45 的版本"),
        (f"/laws/{SAMPLE}/20240620", f"《{SAMPLE}》没有 20240620 的版本"),
        (f"/laws/{SAMPLE}/abc/1", f"《{SAMPLE}》没有 abc 的版本"),
        (f"{NEWER}/10", f"《{SAMPLE}》（2024-06-20）没有第十条，共 9 条"),
        (f"{NEWER}/annex", f"《{SAMPLE}》（2024-06-20）没有附件，共 9 条"),
        (f"{NEWER}/abc", "“abc”不是条文的序号"),
        (f"{NEWER}/99999999999999999999", "不是条文的序号"),
        (f"/laws/{SAMPLE}/compare?from=yesterday", f"《{SAMPLE}》没有 yesterday 的版本"),
        (f"/laws/{SAMPLE}/compare?to=2001-01-01", f"《{SAMPLE}》没有 2001-01-01 的版本"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(library: Flask, enter: Enter, address: str, words: str) -> None:
    assert words in text(enter(), address, 404)


def test_what_is_not_there_is_said_in_english(library: Flask, enter: Enter) -> None:
    assert "has no version of abc" in text(enter(language="en"), f"/laws/{SAMPLE}/abc", 404)
    assert "it has 9 articles" in text(enter(language="en"), f"{NEWER}/44", 404)


# ---------------------------------------------------------------- two versions


@LANGUAGES
def test_two_versions_side_by_side(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(language=language), f"/laws/{SAMPLE}/compare")
    assert "<ins>、节约</ins>" in page
    assert "<del>三</del>" in page
    assert "<ins>二</ins>" in page
    counted = dict(re.findall("<dt>([^<]*)</dt><dd>(\\d+)</dd>", page))
    words = ("第一条至第二条未改", "原第六条改为第七条，文字未改", "旧版本没有这一条", "新版本没有这一条") if language == "zh" else (
        "Article 1 to Article 2: unchanged", "Article 6 → Article 7, same words", "The older version has no such article",
        "The newer version has no such article")
    names = ("有修改", "新增", "已删去", "只改条号", "未改") if language == "zh" else (
        "Amended", "New", "Deleted", "Renumbered only", "Unchanged")
    assert [counted[name] for name in names] == ["3", "1", "1", "1", "4"]
    for sentence in words:
        assert sentence in page


def test_only_what_changed(library: Flask, enter: Enter) -> None:
    page = text(enter(), f"/laws/{SAMPLE}/compare?only=1")
    assert "未改</p>" not in page.replace("文字未改</p>", "")
    assert "<ins>、节约</ins>" in page


def test_the_older_version_stands_left_however_the_address_puts_it(library: Flask, enter: Enter) -> None:
    page = text(enter(), f"/laws/{SAMPLE}/compare?from=2024-06-20&to=2019-03-01")
    assert page.index("<p>2019-03-01 版本</p>") < page.index("<p>2024-06-20 版本</p>")


def test_the_same_version_twice(library: Flask, enter: Enter) -> None:
    assert "两边是同一个版本" in text(enter(), f"/laws/{SAMPLE}/compare?from=2019-03-01&to=2019-03-01")


@LANGUAGES
def test_a_law_of_one_version_has_nothing_to_compare(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(language=language), "/laws/清溪示例法/compare")
    assert ("没有可以对照的" if language == "zh" else "Nothing to compare") in page


@LANGUAGES
def test_a_version_without_text_is_compared_by_fingerprints(library: Flask, enter: Enter, language: str) -> None:
    with library.app_context(), db.transaction() as session:
        register(session, articles={"1": "为了规范示例的登记和使用，制定本条例。", "2": "别的话。", "12": "不再有的一条。"}, version=date(2015, 1, 1))
    page = text(enter(language=language), f"/laws/{SAMPLE}/compare?from=2015-01-01&to=2019-03-01")
    assert ("只能看出哪些条文有变动" if language == "zh" else "Only which articles changed can be shown") in page
    counted = dict(re.findall("<dt>([^<]*)</dt><dd>(\\d+)</dd>", page))
    assert list(counted.values()) == ["1", "7", "1", "0", "1"]
