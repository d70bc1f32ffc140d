"""Which version a text is and since when it is in force: only what the text says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.numerals import to_chinese
from quizapp.statutes.rules.dating import Dates, dates_of, repeals_of, version_in_name
from quizapp.statutes.rules.reading import ParsedText, parse_text

PASSED = "2015年3月1日 示例会议通过"
CLAUSE = "本法自2015年6月1日起施行。"
DAYS = st.dates(date(1949, 10, 1), date(2099, 12, 31))


def text_of(*head: str, closing: str = CLAUSE, more: int = 0) -> ParsedText:
    """A law of two articles; `more` of them follow the closing clause."""
    lines = ["# 示例法", *head, "<!-- INFO END -->", "第一条 示例应当真实。", f"第二条 {closing}"]
    return parse_text("\n\n".join([*lines, *(f"第{number}条 甲。" for number in range(3, 3 + more))]))


def chinese(day: date) -> str:
    """二〇二一年三月十五日."""
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    return f"{year}年{to_chinese(day.month)}月{to_chinese(day.day)}日"


def arabic(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# ---------------------------------------------------------------- new, amended, revised


def test_a_new_law_has_its_own_closing_clause() -> None:
    assert dates_of(text_of(PASSED)) == Dates(date(2015, 3, 1), date(2015, 3, 1), None, date(2015, 6, 1), False)


def test_an_amended_text_keeps_the_clause_of_the_original_so_its_own_beginning_is_unknown() -> None:
    found = dates_of(text_of(PASSED, "2019年4月23日 《关于修改〈示例法〉的决定》修正"))
    assert found == Dates(date(2019, 4, 23), date(2019, 4, 23), None, None, True)


@pytest.mark.parametrize(("name", "version"), [("示例法(2019-04-23).md", date(2019, 4, 23)), ("示例法.md", date(2019, 4, 24))])
def test_an_amended_text_does_not_begin_with_its_publication(name: str, version: date) -> None:
    found = dates_of(text_of(PASSED, "2019年4月23日 修正", "2019年4月24日 公布", closing="本法自公布之日起施行。"), name)
    assert found == Dates(version, date(2019, 4, 23), date(2019, 4, 24), None, True)


def test_a_revised_text_has_its_own_clause() -> None:
    found = dates_of(text_of(PASSED, "2019年4月23日 示例会议修订", closing="本法自2019年9月1日起施行。"))
    assert found == Dates(date(2019, 4, 23), date(2019, 4, 23), None, date(2019, 9, 1), False)


def test_a_revision_after_an_amendment_counts_by_itself() -> None:
    head = (PASSED, "2017年1月1日 修正", "2019年4月23日 修订")
    assert dates_of(text_of(*head, closing="自2019年9月1日起施行。")) == Dates(
        date(2019, 4, 23), date(2019, 4, 23), None, date(2019, 9, 1), False)


def test_all_changes_may_stand_in_one_line() -> None:
    found = dates_of(text_of(
        "2015年3月1日第1届示例会议第3次会议通过 根据2017年9月1日第12届示例会议第29次会议《关于修改〈示例法〉等8部法律的决定》修正 "
        "2019年4月23日第13届示例会议第10次会议修订", closing="自2019年9月1日起施行。"))
    assert (found.version, found.adopted, found.in_force_since, found.amended) == (
        date(2019, 4, 23), date(2019, 4, 23), date(2019, 9, 1), False)


# ---------------------------------------------------------------- since when


@pytest.mark.parametrize("words", ["本法自公布之日起施行。", "本规定自发布之日起施行。", "本办法自颁布之日起实施。", "本条例自修订公布之日起施行。"])
def test_the_day_of_publication_is_the_beginning_where_it_is_stated(words: str) -> None:
    found = dates_of(text_of(PASSED, "2015年3月5日 示例令第7号公布", closing=words))
    assert found == Dates(date(2015, 3, 5), date(2015, 3, 1), date(2015, 3, 5), date(2015, 3, 5), False)


def test_the_day_of_publication_is_unknown_where_only_the_adoption_is_stated() -> None:
    found = dates_of(text_of(PASSED, closing="本法自公布之日起施行。"))
    assert (found.version, found.published, found.in_force_since) == (date(2015, 3, 1), None, None)


@given(DAYS)
def test_a_closing_clause_reads_in_both_numerals(day: date) -> None:
    head = f"{arabic(day)} 示例会议通过"
    for words in (f"本法自{arabic(day)}起施行。", f"本法自{chinese(day)}起施行。", f"本法从 {arabic(day)} 起生效。"):
        assert dates_of(text_of(head, closing=words)).in_force_since == day


def test_full_width_digits_and_zeros_written_as_rings_are_read() -> None:
    assert dates_of(text_of("２０１５年３月１日 通过", closing="自２０１５年６月１日起施行。")).in_force_since == date(2015, 6, 1)
    assert dates_of(text_of("2010年3月1日 通过", closing="自二○一○年六月一日起施行。")).in_force_since == date(2010, 6, 1)


@pytest.mark.parametrize("words", ["自二〇一五年十十月一日起施行。", "自2015年13月1日起施行。", "自二〇一五年二月三十日起施行。"])
def test_a_day_that_does_not_exist_is_unknown(words: str) -> None:
    assert dates_of(text_of(PASSED, closing=words)).in_force_since is None


def test_a_day_in_the_header_counts_before_the_closing_clause() -> None:
    assert dates_of(text_of(PASSED, "2015年7月1日 施行")).in_force_since == date(2015, 7, 1)
    assert dates_of(text_of("2015年3月1日 通过 2015年3月2日 公布 自2015年8月1日起施行")).in_force_since == date(2015, 8, 1)


def test_a_law_may_begin_on_the_day_of_its_adoption() -> None:
    assert dates_of(text_of(PASSED, "2015年3月1日 施行", closing="自公布之日起施行。")).in_force_since == date(2015, 3, 1)
    assert dates_of(text_of(PASSED, closing="自2015年3月1日起施行。")).in_force_since == date(2015, 3, 1)


def test_the_last_of_several_closing_clauses_counts() -> None:
    found = parse_text(f"# 示例法\n{PASSED}\n<!-- INFO END -->\n第一条 收费自2015年5月1日起施行。\n第二条 {CLAUSE}\n")
    assert dates_of(found).in_force_since == date(2015, 6, 1)


def test_the_beginning_of_an_earlier_version_in_the_header_is_not_that_of_this_one() -> None:
    found = dates_of(text_of(PASSED, "2015年7月1日 施行", "2019年4月23日 修正"))
    assert (found.version, found.in_force_since) == (date(2019, 4, 23), None)


def test_a_clause_earlier_than_the_version_is_that_of_another_one() -> None:
    assert dates_of(text_of("2019年4月23日 示例会议通过")).in_force_since is None


def test_the_clause_is_looked_for_among_the_last_articles_only() -> None:
    assert dates_of(text_of(PASSED, more=7)).in_force_since == date(2015, 6, 1)
    assert dates_of(text_of(PASSED, more=8)).in_force_since is None


# ---------------------------------------------------------------- which version


def test_a_text_that_says_nothing_has_no_version() -> None:
    assert dates_of(text_of()) == Dates(None, None, None, None, False)
    assert dates_of(text_of("示例会议通过")).version is None


def test_the_day_in_the_name_of_the_file_is_the_version() -> None:
    assert dates_of(text_of(), "示例法(2015-03-02).md").version == date(2015, 3, 2)
    found = dates_of(text_of(PASSED, "2014年1月1日 说明"), "示例法（2015-03-02）.txt")
    assert found == Dates(date(2015, 3, 2), date(2015, 3, 1), None, date(2015, 6, 1), False)


@pytest.mark.parametrize("change", ["修正", "修订"])
def test_a_change_on_or_after_the_day_in_the_name_was_adopted_on_that_day(change: str) -> None:
    found = dates_of(text_of(PASSED, f"2019年4月26日 {change}"), "示例法(2019-04-23).md")
    assert (found.version, found.adopted, found.amended) == (date(2019, 4, 23), date(2019, 4, 23), change == "修正")


def test_a_change_before_the_day_in_the_name_does_not_make_this_version_an_amended_one() -> None:
    found = dates_of(text_of(PASSED, "2017年1月1日 修正", closing="自2020年1月1日起施行。"), "示例法(2019-04-23).md")
    assert (found.version, found.amended, found.in_force_since) == (date(2019, 4, 23), False, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("name", "version"),
    [("示例法(2015-03-02).md", date(2015, 3, 2)), ("示例法（2015-03-02）.docx", date(2015, 3, 2)), ("示例法(2026).md", None),
     ("示例法2015-03-02.md", None), ("示例法(2015-13-02).md", None), ("", None)],
)
def test_days_in_names(name: str, version: date | None) -> None:
    assert version_in_name(name) == version


def test_the_dates_of_a_yaml_header_count() -> None:
    text = parse_text('---\ntitle: "示例法"\npublish_date: "2021-01-02"\nimplement_date: "2021-03-01"\n---\n\n第一条 示例。\n')
    assert dates_of(text) == Dates(date(2021, 1, 2), None, date(2021, 1, 2), date(2021, 3, 1), False)
    text = parse_text("---\npublish_date: 2021-01-02\n---\n# 示例法\n\n2021-01-02 公布\n\n第一条 自2021年5月1日起施行。\n")
    assert dates_of(text) == Dates(date(2021, 1, 2), None, date(2021, 1, 2), date(2021, 5, 1), False)


@given(st.text(st.sampled_from("2015年1月3日.-通过公布修正修订施行自起之第号二〇十 \n（《》）"), max_size=80))
def test_an_odd_header_is_read_without_an_error(words: str) -> None:
    found = dates_of(text_of(words, closing=words))
    assert found.in_force_since is None or (found.version is not None and found.in_force_since >= found.version)


# ---------------------------------------------------------------- repeals


def test_the_laws_that_a_closing_clause_repeals_as_a_whole() -> None:
    closing = "本法自2015年6月1日起施行。《中华人民共和国样本法》、《样品条例》和《样本法》同时废止；《样张办法》即行废止。"
    assert repeals_of(text_of(PASSED, closing=closing)) == ("中华人民共和国样本法", "样品条例", "样本法", "样张办法")


@pytest.mark.parametrize(
    "closing",
    ["《样本法》有关示例的规定同时废止。", "本法施行前的《样本法》继续有效。", "《样本法》第三条由示例会议解释，同时施行。", CLAUSE],
)
def test_what_is_not_repealed_as_a_whole_is_left_out(closing: str) -> None:
    assert repeals_of(text_of(PASSED, closing=closing)) == ()


def test_one_sentence_on_parts_does_not_save_what_another_repeals() -> None:
    closing = "《样本法》同时废止。《样品法》的有关规定同时废止。《样张法》同时废止。《样本法》同时废止。"
    assert repeals_of(text_of(PASSED, closing=closing)) == ("样本法", "样张法")


def test_repeals_stand_at_the_end_of_a_law() -> None:
    closing = "《样本法》同时废止。"
    assert repeals_of(text_of(PASSED, closing=closing, more=7)) == ("样本法",)
    assert repeals_of(text_of(PASSED, closing=closing, more=8)) == ()
