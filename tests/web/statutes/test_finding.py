"""The first page of the law library: the list of laws, and the search."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.builders.statutes import ACT_TEXT, bring, register
from tests.databases import both_databases
from tests.page_lint import LintingClient
from tests.web.statutes.conftest import Enter

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def text(client: LintingClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


@LANGUAGES
def test_an_empty_library_says_how_texts_come_in(enter: Enter, language: str) -> None:
    page = text(enter(Role.EXAM_ADMIN, language=language), "/laws")
    for words in ("flk.npc.gov.cn", "quizapp statutes import", 'href="/laws/import"'):
        assert words in page
    assert ("法律库还是空的" if language == "zh" else "The law library is empty") in page


def test_a_candidate_is_not_asked_to_import(enter: Enter) -> None:
    page = text(enter(), "/laws")
    assert "文本由管理员导入以后就能在这里读到" in page
    assert "/laws/import" not in page


def test_laws_that_only_the_register_knows_are_listed_and_said_to_be_so(app: Flask, enter: Enter) -> None:
    with app.app_context(), db.transaction() as session:
        register(session, in_force_since=None)
    page = text(enter(Role.EXAM_ADMIN), "/laws")
    for words in ("法律库里还没有文本，只有登记", "清溪市示例管理条例", "只有登记", "未载明"):
        assert words in page


@pytest.mark.parametrize("role", [Role.EXAM_ADMIN, Role.EDITOR, Role.REVIEWER, Role.SYSTEM_ADMIN])
def test_whoever_works_with_laws_has_the_library_in_the_navigation(enter: Enter, role: Role) -> None:
    assert 'href="/laws" aria-current="page"' in text(enter(role), "/laws")


@pytest.mark.parametrize("role", [None, Role.LIAISON, Role.AUDITOR])
def test_others_come_by_links(enter: Enter, role: Role | None) -> None:
    page = text(enter(*[role] if role else []), "/laws")
    assert 'href="/laws" aria-current' not in page


@LANGUAGES
def test_the_list_of_laws(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(language=language), "/laws")
    for words in ("清溪市示例管理条例", "清溪示例法", "清溪市登记条例", "2024-06-20", "2024-08-01", 'href="/laws/清溪示例法"'):
        assert words in page.replace("%E6%B8%85%E6%BA%AA%E7%A4%BA%E4%BE%8B%E6%B3%95", "清溪示例法")
    assert ("现行有效" if language == "zh" else "In force") in page
    assert ("部门规章" if language == "zh" else "Departmental rule") in page


@pytest.mark.parametrize(
    ("query", "found"),
    [("", {"清溪市示例管理条例", "清溪示例法", "清溪市登记条例"}), ("?kind=law", {"清溪示例法"}), ("?name=管理+示例", {"清溪市示例管理条例"}),
     ("?text=without", {"清溪市登记条例"}), ("?text=with&kind=law", {"清溪示例法"}), ("?name=没有这部", set()),
     ("?sort=-articles&page=9", {"清溪市示例管理条例", "清溪示例法", "清溪市登记条例"})],
)
def test_filters_stand_in_the_address(library: Flask, enter: Enter, query: str, found: set[str]) -> None:
    page = text(enter(), f"/laws{query}")
    assert {name for name in ("清溪市示例管理条例", "清溪示例法", "清溪市登记条例") if f">{name}</a>" in page} == found
    assert ("没有符合的法律" in page) == (not found)


def test_the_list_can_be_downloaded(library: Flask, enter: Enter) -> None:
    lines = enter().get("/laws?download=csv&kind=law").get_data().decode("utf-8-sig").splitlines()
    assert lines[0] == "名称,最新版本,施行,状态,条数,版本数,文本"
    assert lines[1:] == ["清溪示例法,2021-04-02,2021-07-01,现行有效,3,1,有文本"]


@both_databases
def test_a_law_is_found_by_its_name(library: Flask, enter: Enter) -> None:
    page = text(enter(), "/laws?q=《清溪市示例管理条例》")
    assert "1 部法律，0 条条文" in page
    assert "共 2 个版本" in page


@both_databases
def test_a_law_is_found_by_an_alias(library: Flask, enter: Enter) -> None:
    page = text(enter(), "/laws?q=示例条例")
    assert "清溪市登记条例</a>" in page


@pytest.mark.parametrize("typed", ["清溪市示例管理条例 第三条", "清溪市示例管理条例第3条", "清溪市示例管理条例 3", "《清溪市示例管理条例》 ３"])
@both_databases
def test_an_article_is_found_in_either_numeral(library: Flask, enter: Enter, typed: str) -> None:
    page = text(enter(), f"/laws?q={typed}")
    assert "1 部法律，1 条条文" in page
    assert "公开、便民、节约" in page
    assert "/2024-06-20/3" in page


@both_databases
def test_two_characters_are_enough_and_are_marked(library: Flask, enter: Enter) -> None:
    page = text(enter(), "/laws?q=节约")
    assert "0 部法律，1 条条文" in page
    assert '<mark class="hit">节约</mark>' in page


@LANGUAGES
def test_one_character_finds_no_article_and_the_page_says_why(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(language=language), "/laws?q=费")
    assert ("请用两个字以上的词" if language == "zh" else "Use words of two characters or more") in page


@both_databases
def test_old_versions_are_found_on_demand_and_told_apart(library: Flask, enter: Enter) -> None:
    client = enter()
    assert "0 条条文" in text(client, "/laws?q=三十日内")
    page = text(client, "/laws?q=三十日内&old=1")
    assert "1 条条文" in page
    assert "2019-03-01 版本，不是现行" in page


def test_a_version_whose_end_nobody_states_is_old_once_a_later_one_runs(app: Flask, enter: Enter, tmp_path: Path) -> None:
    """Neither text says from when it is in force, so the first one has no end."""
    old = ACT_TEXT.replace("第三条 本法自2021年7月1日起施行。\n", "")
    with app.app_context():
        bring(tmp_path / "a", {"清溪示例法(2021-04-02).md": old,
                               "清溪示例法(2022-05-06).md": old.replace("有据可查", "可以查到").replace("2021年4月2日", "2022年5月6日")})
    client = enter()
    assert "0 条条文" in text(client, "/laws?q=有据可查")
    assert "1 条条文" in text(client, "/laws?q=可以查到")
    assert "从哪一天起未载明" in text(client, "/laws/清溪示例法/2021-04-02")


@LANGUAGES
def test_nothing_found_says_what_to_try(library: Flask, enter: Enter, language: str) -> None:
    page = text(enter(Role.SYSTEM_ADMIN, language=language), "/laws?q=没有这样的词语")
    assert ("减少一个词" if language == "zh" else "Leave one out") in page
    assert "old=1" in page


def test_results_come_in_pages(app: Flask, enter: Enter, tmp_path: Path) -> None:
    articles = "\n\n".join(f"第{n}条 关于样本的第{n}项规定。" for n in range(1, 46))
    with app.app_context():
        bring(tmp_path / "long", {"清溪长法(2020-01-01).md": f"# 清溪长法\n\n2020年1月1日 某委员会通过\n\n<!-- INFO END -->\n\n{articles}\n"})
    client = enter()
    first, last, beyond = (text(client, f"/laws?q=样本&page={page}") for page in (1, 3, 99_999_999_999_999_999_999))
    assert "45 条条文" in first
    assert "第 1 页，共 3 页" in first
    assert "page=2" in first
    assert last.count('<mark class="hit">样本</mark>') == 5
    assert "第 3 页，共 3 页" in beyond


@pytest.mark.parametrize("typed", ['"', "' OR 1=1", "*", "a\0b", "%", "第条", "。。", "\u202e", "x" * 5000, "第九千九百九十九条"])
@both_databases
def test_odd_searches_find_nothing_and_break_nothing(library: Flask, enter: Enter, typed: str) -> None:
    assert enter().get("/laws", query_string={"q": typed, "page": "-3", "old": "x"}).status_code == (422 if "\0" in typed else 200)


def test_the_library_takes_few_queries(library: Flask, enter: Enter) -> None:
    client = enter()
    with library.app_context():
        engine = db.engine
    for address, most in (("/laws", 10), ("/laws?q=示例", 12), ("/laws/清溪市示例管理条例/2024-06-20", 9)):
        seen: list[str] = []
        listener = lambda *args, seen=seen: seen.append(str(args[2]))  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        client.get(address)
        event.remove(engine, "before_cursor_execute", listener)
        assert len([one for one in seen if one.startswith(("SELECT", "WITH"))]) <= most, address
