"""The search of the library on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.statutes import queries
from quizapp.statutes.queries import Found
from tests.builders.library import law_text, make_law
from tests.databases import both_databases
from tests.integration.statutes.conftest import Bring

DAY = date(2026, 11, 25)
OLD = {
    "1": "申请登记示例，应当提交书面材料。", "2": "示例办公室应当自收到申请之日起六十日内答复。",
    "12": "答复应当说明理由，并且公开。", "12-1": "收费标准由示例办公室公布。", "1200": "本法所称日，是指工作日。",
}
NEW = OLD | {"2": "示例办公室应当自收到申请之日起三十日内答复。", "3": "申请可以用ABC系统提出，（网上）申请不收费用。"}


@pytest.fixture
def laws(library: Session) -> Session:
    with db.transaction() as session:
        make_law(session, "示例法", {"2015-03-01": OLD, "2023-09-01": NEW},
                 {"2015-03-01": {"ends_on": date(2024, 1, 1)}, "2023-09-01": {"in_force_since": date(2024, 1, 1)}}, aliases=["示法"])
        make_law(session, "示例法实施条例", {"2016-01-01": {"1": "登记的样式由示例办公室规定。"}}, kind="administrative_regulation")
        make_law(session, "样本办法", {"2027-01-01": {"1": "样本的登记适用本办法。"}}, kind="department_rule")
        make_law(session, "图样规定", {"2017-01-01": {"1": "图样的登记适用本规定。"}}, {"2017-01-01": {"ends_on": DAY}}, kind="department_rule")
    return library


def search(session: Session, typed: str, **changes: bool | int) -> Found:
    return queries.search(session, typed, DAY, **changes)  # type: ignore[arg-type]


def places(found: Found) -> list[tuple[str, str, str]]:
    return [(hit.law, hit.version.isoformat(), hit.number) for hit in found.hits]


def numbers(found: Found) -> set[str]:
    assert {(hit.law, hit.version) for hit in found.hits} <= {("示例法", date(2023, 9, 1))}
    return {hit.number for hit in found.hits}


# ---------------------------------------------------------------- words


@both_databases
def test_words_of_two_characters_and_longer_ones(laws: Session) -> None:
    assert numbers(search(laws, "书面")) == {"1"}
    assert numbers(search(laws, "三十日内答复")) == {"2"}
    assert numbers(search(laws, "理由")) == numbers(search(laws, "说明理由")) == {"12"}
    assert search(laws, "不存在的话").total == 0


@both_databases
def test_all_words_have_to_be_there(laws: Session) -> None:
    assert numbers(search(laws, "示例 申请 应当")) == {"1", "2"}
    assert numbers(search(laws, "示例，申请、书面")) == {"1"}
    assert search(laws, "书面 理由").total == 0


@both_databases
def test_a_longer_word_is_proved_on_the_text(laws: Session) -> None:
    # its pairs 申请, 请登, 登记, 记示, 示例 all occur in article 1, the word as a whole does not
    with db.transaction() as session:
        make_law(session, "配对法", {"2020-01-01": {"1": "示例申请，请登楼；登记，记示范。"}})
    assert "配对法" not in {hit.law for hit in search(laws, "申请登记示例").hits}
    assert "配对法" in {hit.law for hit in search(laws, "示例申请").hits}


@both_databases
def test_letters_width_and_signs_of_the_search_itself_do_no_harm(laws: Session) -> None:
    assert numbers(search(laws, "abc")) == numbers(search(laws, "ＡＢＣ")) == numbers(search(laws, "ABC系统")) == {"3"}
    assert numbers(search(laws, "（网上）申请")) == {"3"}
    for typed in ("_%", "100%", "a'b", 'a"b', "x AND y", "NOT OR", "a:b*", "\\", "(", "申请' OR '1'='1", "a & b | !c", "㐀\U00020000", "\u0301a"):
        assert search(laws, typed).total == 0


@both_databases
def test_a_single_character_and_nothing_find_no_articles(laws: Session) -> None:
    for typed in ("日", "", "  ", "，", "（）"):
        found = search(laws, typed)
        assert (found.hits, found.total) == ((), 0)


# ---------------------------------------------------------------- laws and numbers


@both_databases
def test_a_law_is_found_by_every_name_and_by_a_part_of_it(laws: Session) -> None:
    for typed in ("示例法", "示法", "中华人民共和国示例法", "《示例法》"):
        assert (search(laws, typed).laws, search(laws, typed).total) == (("示例法",), 0)
    assert search(laws, "示例").laws == ("示例法", "示例法实施条例")
    assert search(laws, "实施 条例").laws == ("示例法实施条例",)


@both_databases
def test_an_article_by_its_number_in_either_numeral(laws: Session) -> None:
    for typed in ("示例法第十二条", "示例法12", "示例法 12", "示法 十二", "中华人民共和国示例法第12条"):
        found = search(laws, typed)
        assert (found.laws, places(found)) == (("示例法",), [("示例法", "2023-09-01", "12")])
    assert numbers(search(laws, "示例法 一千二百")) == {"1200"}
    assert numbers(search(laws, "示例法第十二条之一")) == numbers(search(laws, "示例法 12-1")) == {"12-1"}
    assert search(laws, "示例法 99").total == 0


@both_databases
def test_a_number_without_a_law_is_looked_for_in_every_law(laws: Session) -> None:
    assert {hit.law for hit in search(laws, "第一条").hits} == {"示例法", "示例法实施条例"}


@both_databases
def test_words_within_one_law(laws: Session) -> None:
    assert {hit.law for hit in search(laws, "登记").hits} == {"示例法", "示例法实施条例"}
    assert places(search(laws, "示例法 登记")) == [("示例法", "2023-09-01", "1")]
    assert places(search(laws, "示例法第二条 答复")) == [("示例法", "2023-09-01", "2")]
    assert search(laws, "示例法第二条 书面").total == 0


# ---------------------------------------------------------------- time


@both_databases
def test_old_versions_and_those_to_come_are_found_only_on_request(laws: Session) -> None:
    assert search(laws, "六十日").total == 0
    found = search(laws, "六十日", old=True)
    assert (places(found), [hit.in_force for hit in found.hits]) == ([("示例法", "2015-03-01", "2")], [False])
    assert {hit.law for hit in search(laws, "登记").hits} == {"示例法", "示例法实施条例"}
    assert [hit.in_force for hit in search(laws, "登记", old=True).hits] == [True, True, False, False, False]
    assert {hit.law for hit in search(laws, "登记", old=True).hits} == {"示例法", "示例法实施条例", "样本办法", "图样规定"}


@both_databases
@pytest.mark.parametrize(
    ("day", "version"), [(date(2015, 2, 28), None), (date(2023, 12, 31), "2015-03-01"), (date(2024, 1, 1), "2023-09-01")])
def test_the_day_decides_which_version_is_found(laws: Session, day: date, version: str | None) -> None:
    found = queries.search(laws, "示例法 12", day)
    assert places(found) == ([("示例法", version, "12")] if version else [])


@both_databases
def test_of_two_running_versions_only_the_later_one_is_found(library: Session) -> None:
    with db.transaction() as session:
        make_law(session, "示例法", {"2015-03-01": {"1": "登记。"}, "2019-04-23": {"1": "登记。"}}, {"2019-04-23": {"in_force_since": None}})
    assert places(queries.search(library, "登记", date(2019, 4, 22))) == [("示例法", "2015-03-01", "1")]
    assert places(queries.search(library, "登记", date(2019, 4, 23))) == [("示例法", "2019-04-23", "1")]


# ---------------------------------------------------------------- order and pages


@both_databases
def test_of_equal_articles_that_of_the_higher_law_comes_first(library: Session) -> None:
    kinds = {"甲规定": "department_rule", "乙法": "law", "丙条例": "administrative_regulation", "丁宪章": "constitution"}
    with db.transaction() as session:
        for name, kind in kinds.items():
            make_law(session, name, {"2020-01-01": {"1": "登记公开。"}}, kind=kind)
    assert [hit.law for hit in search(library, "登记").hits] == ["丁宪章", "乙法", "丙条例", "甲规定"]


@both_databases
def test_articles_that_say_more_of_the_words_come_first_but_the_shortest_do_not_win_by_shortness(library: Session) -> None:
    filler = "其他事项按照有关安排办理，不再另行说明。" * 8
    with db.transaction() as session:
        make_law(session, "示例法", {"2020-01-01": {"1": f"登记。{filler}", "2": "登记。", "3": f"登记。{filler}登记。登记。"}})
    assert [hit.number for hit in search(library, "登记").hits] == ["3", "2", "1"]


@both_databases
def test_pages_together_are_the_whole_in_its_order(laws: Session) -> None:
    whole = search(laws, "示例", old=True, limit=50)
    pages = [search(laws, "示例", old=True, limit=2, offset=offset) for offset in range(0, whole.total, 2)]
    assert whole.total == len(whole.hits) > 4
    assert [hit for page in pages for hit in page.hits] == list(whole.hits)
    assert {page.total for page in pages} == {whole.total}


@both_databases
def test_a_hit_says_all_that_is_shown(laws: Session) -> None:
    (hit,) = search(laws, "示例法 12").hits
    assert (hit.law, hit.kind, hit.path, hit.text, hit.in_force) == ("示例法", "law", (), OLD["12"], True)


# ---------------------------------------------------------------- the index follows the texts


@both_databases
def test_words_that_a_new_text_no_longer_has_are_not_found(library: Session, bring: Bring) -> None:
    bring({"a.md": law_text("示例由办公室登记。", "登记不收费用。")})
    assert search(library, "办公室").total == search(library, "收费").total == 1
    bring({"a.md": law_text("示例由公开处登记。")})
    assert (search(library, "办公室").total, search(library, "公室").total, search(library, "收费").total) == (0, 0, 0)
    assert search(library, "公开处").total == search(library, "登记").total == 1


@both_databases
def test_parts_that_did_not_change_stay_in_the_index(library: Session, bring: Bring) -> None:
    parts = {"a/1.md": law_text("示例应当真实。", part="总则"), "a/2.md": law_text("登记不收费用。", part="分则", first=2)}
    bring(dict(parts))
    for _time in range(2):
        bring({"a/2.md": law_text(f"登记免费{_time}次。", part="分则", first=2)})
    assert [search(library, word).total for word in ("真实", "收费", "免费")] == [1, 0, 1]
