"""What was typed into the search, and how a hit is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.numerals import to_chinese
from quizapp.statutes.rules.searching import Query, Run, highlighted, read_query, snippet

NAMES = {
    "示例法": "示例法", "中华人民共和国示例法": "示例法", "示法": "示例法",
    "示例法实施条例": "示例法实施条例", "中华人民共和国示例法实施条例": "示例法实施条例",
    "样本法": "样本法",
}
SIGNS = st.text(st.sampled_from("示例法条第一二十 12-，。《》公开Aa\n"), max_size=40)


def read(typed: str) -> Query:
    return read_query(typed, NAMES)


@pytest.mark.parametrize("name", [name for name, law in NAMES.items() if law == "示例法"])
@pytest.mark.parametrize("typed", ["{}", "《{}》", " {}　", "{}，"])
def test_a_law_is_known_by_each_of_its_names(name: str, typed: str) -> None:
    assert read(typed.format(name)) == Query(laws=("示例法",))


@pytest.mark.parametrize(
    ("typed", "article"),
    [
        ("示例法第十二条", "12"), ("示例法12", "12"), ("示例法 12", "12"), ("示例法 第12条", "12"), ("《示例法》第十二条", "12"),
        ("示例法 一千二百", "1200"), ("示例法一千二百六十条", "1260"), ("示法十二", "12"), ("中华人民共和国示例法第十二条", "12"),
        ("示例法第十二条之一", "12-1"), ("示例法 12-1", "12-1"), ("示例法第１２条", "12"),
    ],
)
def test_an_article_of_a_law_in_either_numeral(typed: str, article: str) -> None:
    assert read(typed) == Query(laws=("示例法",), article=article)


@given(st.integers(1, 1999), st.sampled_from(["示例法{}", "示例法 {}", "示法第{}条", "《示例法》第{}条", "中华人民共和国示例法{}条"]))
def test_both_numerals_ask_for_the_same_article(number: int, typed: str) -> None:
    wanted = Query(laws=("示例法",), article=str(number))
    assert read(typed.format(number)) == read(typed.format(to_chinese(number))) == wanted


def test_the_longest_name_is_meant() -> None:
    assert read("示例法实施条例第三条") == Query(laws=("示例法实施条例",), article="3")


def test_a_number_is_an_article_only_with_its_sign_or_after_a_law() -> None:
    assert read("第十二条") == Query(article="12")
    assert read("十二") == Query(words=("十二",))
    assert read("示例法 公开 十二") == Query(laws=("示例法",), article="12", words=("公开",))


def test_words_are_parted_by_spaces_and_signs_and_each_counts_once() -> None:
    assert read("公开，申请、公开　“期限”;延长") == Query(words=("公开", "申请", "期限", "延长"))
    assert read("示例法 样本法 公开") == Query(laws=("示例法", "样本法"), words=("公开",))


def test_a_name_followed_by_words_is_no_law() -> None:
    assert read("示例法的适用") == Query(words=("示例法的适用",))


@pytest.mark.parametrize("typed", ["", "   ", "《》", "，。"])
def test_nothing_asks_for_nothing(typed: str) -> None:
    assert read(typed).is_empty


@pytest.mark.parametrize("asked", [Query(laws=("示例法",)), Query(article="1"), Query(words=("公开",))])
def test_each_part_of_a_search_is_something(asked: Query) -> None:
    assert not asked.is_empty


@pytest.mark.parametrize("typed", ["示例法 百千", "示例法第百千条", "第百千条"])
def test_what_only_looks_like_a_number_is_a_word(typed: str) -> None:
    assert read(typed).article == ""
    assert read(typed).words


@given(SIGNS)
def test_anything_can_be_typed(typed: str) -> None:
    found = read(typed)
    assert set(found.laws) <= set(NAMES.values())
    assert all(found.words)


# ---------------------------------------------------------------- hits


@given(SIGNS, st.lists(st.sampled_from(["示例", "公开", "a", "法", "示例法"]), max_size=3))
def test_highlighting_loses_nothing_and_marks_only_what_was_searched_for(text: str, words: list[str]) -> None:
    runs = highlighted(text, words)
    assert "".join(run.text for run in runs) == text
    assert all(run.text.lower() in words for run in runs if run.hit)
    assert not any(word in run.text.lower() for run in runs if not run.hit for word in words)


def test_the_longer_word_is_marked_whole() -> None:
    assert highlighted("依照示例法办理", ["示例", "示例法"]) == (Run("依照"), Run("示例法", True), Run("办理"))


@given(st.text(st.sampled_from("甲乙丙丁，。；\n"), max_size=400), st.text(st.sampled_from("甲乙丙丁"), min_size=1, max_size=3))
def test_a_snippet_is_a_stretch_of_the_text_with_the_hit_in_it(text: str, word: str) -> None:
    runs = snippet(text, [word])
    shown = "".join(run.text for run in runs)
    plain = text.replace("\n", " ")
    assert shown.strip("…") in plain
    assert len(shown.strip("…")) <= 110
    assert any(run.hit for run in runs) == (word in plain)


def test_a_snippet_shows_the_first_of_several_hits() -> None:
    text = "公开" + "甲" * 300 + "登记"
    assert snippet(text, ["登记", "公开"])[0] == Run("公开", True)


def test_a_text_that_fits_is_shown_whole() -> None:
    assert snippet("甲" * 110, ["乙"]) == (Run("甲" * 110),)
    assert snippet("甲" * 111, ["乙"]) == (Run("甲" * 110 + "…"),)


def test_a_snippet_begins_after_a_sign_where_one_is_near() -> None:
    text = "甲" * 100 + "。" + "乙" * 20 + "公开" + "丙" * 200
    first, hit, last = snippet(text, ["公开"])
    assert (first.text, hit) == ("…" + "乙" * 20, Run("公开", True))
    assert last.text.endswith("…")
