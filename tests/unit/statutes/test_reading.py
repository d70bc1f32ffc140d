"""Files of both formats, and what is odd in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.statutes.rules.reading import ParsedText, is_cut_off, missing_numbers, parse_text

PLAIN = """# 中华人民共和国示例法

2021年1月1日 示例会议通过

2023年5月6日 《关于修改〈示例法〉的决定》修正

<!-- INFO END -->

## 第一编 通则

### 第一章  总则

第一条 示例应当真实。

第二条　示例分为以下两种：

（一）公开的；

（二）不公开的。

没有写明的，视为公开。

#### 第一节 申请

第二条之一 申请以书面提出。

### 第二章 附则

第三条 本法自2021年3月1日起施行。
"""
YAML = """---
title: "中华人民共和国示例法"
publish_date: '2021-01-02'
implement_date: 2021-03-01
status:
issuing_authority: "示例会议"
tags:
  - 示例
---

# 中华人民共和国示例法

2021-01-02 公布

##  第一章　总则\x20
第一条 示例应当真实。

第二条 依照《[[中华人民共和国样本法]]》办理。

第三章|LAW CATEGORY]]
"""
WORDS = st.text(st.sampled_from("第一二三十百千零条之章编附件录目：#-— \n\u3000《》[]|。甲乙ABC019<!>\r\u2028"), max_size=120)


def numbers(text: ParsedText) -> list[str]:
    return [article.number for article in text.articles]


def of_body(*lines: str) -> ParsedText:
    return parse_text("\n".join(["# 示例法", "2021年1月1日 通过", "<!-- INFO END -->", *lines]))


# ---------------------------------------------------------------- the two formats


def test_a_plain_header_gives_title_and_dates_and_the_rest_is_articles() -> None:
    text = parse_text(PLAIN)
    assert (text.title, text.part, text.fields, text.loose) == ("中华人民共和国示例法", "", {}, ())
    assert text.head == ("2021年1月1日 示例会议通过", "2023年5月6日 《关于修改〈示例法〉的决定》修正")
    assert numbers(text) == ["1", "2", "2-1", "3"]


def test_articles_stand_below_their_headings_outermost_first() -> None:
    assert {article.number: article.path for article in parse_text(PLAIN).articles} == {
        "1": ("第一编 通则", "第一章 总则"),
        "2": ("第一编 通则", "第一章 总则"),
        "2-1": ("第一编 通则", "第一章 总则", "第一节 申请"),
        "3": ("第一编 通则", "第二章 附则"),
    }


def test_paragraphs_and_items_of_an_article_are_kept_apart_and_in_order() -> None:
    second = parse_text(PLAIN).articles[1]
    assert second.paragraphs == ("示例分为以下两种：", "（一）公开的；", "（二）不公开的。", "没有写明的，视为公开。")
    assert second.text == "\n".join(second.paragraphs)


def test_every_article_knows_its_line() -> None:
    lines = PLAIN.split("\n")
    for article in parse_text(PLAIN).articles:
        assert lines[article.line - 1].endswith(article.paragraphs[0])


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_ends_of_lines_make_no_difference(ending: str) -> None:
    assert parse_text(PLAIN.replace("\n", ending)) == parse_text(PLAIN)


def test_a_yaml_header_gives_its_filled_fields() -> None:
    text = parse_text(YAML)
    assert text.fields == {"title": "中华人民共和国示例法", "publish_date": "2021-01-02", "implement_date": "2021-03-01",
                           "issuing_authority": "示例会议"}
    assert (text.title, text.head) == ("中华人民共和国示例法", ("2021-01-02 公布",))
    assert [(article.number, article.path) for article in text.articles] == [("1", ("第一章 总则",)), ("2", ("第一章 总则",))]


def test_the_title_of_a_yaml_header_counts_where_no_heading_gives_one() -> None:
    assert parse_text('---\ntitle: "示例法"\n---\n\n第一条 示例。\n').title == "示例法"


def test_marks_of_a_wiki_are_taken_away() -> None:
    assert parse_text(YAML).articles[-1].paragraphs == ("依照《中华人民共和国样本法》办理。",)


def test_a_second_title_names_the_part_of_a_law_in_several_files() -> None:
    text = parse_text("# 示例法\n\n# 分则\n\n2021年1月1日 通过\n\n<!-- INFO END -->\n\n第七条 示例。\n")
    assert (text.title, text.part, numbers(text)) == ("示例法", "分则", ["7"])


# ---------------------------------------------------------------- what stands beside the articles


def test_a_preamble_is_an_article_of_its_own() -> None:
    text = of_body("## 序　言", "从前没有示例。", "后来有了。", "## 第一章 总纲", "第一条 示例。")
    assert [(a.number, a.path, a.paragraphs) for a in text.articles] == [
        ("preamble", ("序 言",), ("从前没有示例。", "后来有了。")), ("1", ("第一章 总纲",), ("示例。",))]


@pytest.mark.parametrize("head", ["附件：", "附件一：示例的式样", "附表", "附录2", "附：示例"])
def test_what_follows_the_articles_is_the_annex(head: str) -> None:
    text = of_body("## 第一章", "第一条 甲。", "第二条 乙。", head, "表中的字。")
    assert [(a.number, a.path, a.paragraphs) for a in text.articles][-1] == ("annex", (), (head, "表中的字。"))


def test_several_annexes_are_one() -> None:
    text = of_body("第一条 甲。", "附件一：", "子。", "附件二：", "丑。")
    assert numbers(text) == ["1", "annex"]
    assert (text.articles[1].paragraphs, text.repeated) == (("附件一：", "子。", "附件二：", "丑。"), ())


def test_an_annex_after_a_heading_is_merged_with_the_one_before() -> None:
    text = of_body("第一条 甲。", "附件：", "子。", "## 说明", "附件：", "丑。")
    assert (numbers(text), text.articles[1].paragraphs) == (["1", "annex"], ("附件：", "子。", "附件：", "丑。"))


@pytest.mark.parametrize("line", ["附近的机关应当协助。", "附件由办公室保管。"])
def test_a_paragraph_that_only_begins_like_an_annex_is_none(line: str) -> None:
    assert of_body("第一条 甲。", "第二条 乙。", line).articles[-1].paragraphs == ("乙。", line)


def test_a_text_without_articles_is_kept_whole() -> None:
    text = of_body("一、甲。", "", "二、乙。")
    assert (text.articles, text.loose) == ((), ("一、甲。", "二、乙。"))


def test_the_longest_number_that_an_article_may_have() -> None:
    assert numbers(of_body("第一千二百六十条之十二 甲。", "第1260条之13 乙。")) == ["1260-12", "1260-13"]


def test_a_number_inside_a_sentence_begins_no_article() -> None:
    assert numbers(of_body("第一条 甲。", "第二条规定的事项由办公室办理。", "第二条 乙。")) == ["1", "2"]


# ---------------------------------------------------------------- what is wrong with a text


def test_a_number_that_comes_twice_is_named_and_the_first_kept() -> None:
    text = of_body("第一条 甲。", "第二条 乙。", "第一条 丙。")
    assert (numbers(text), text.articles[0].text, text.repeated) == (["1", "2"], "甲。", ("1",))


def test_gaps_are_named_and_inserted_articles_are_none() -> None:
    text = of_body("第二条 甲。", "第三条之一 乙。", "第四条 丙。", "第七条 丁。")
    assert missing_numbers(text) == (3, 5, 6)
    assert missing_numbers(of_body("一、甲。")) == ()


@pytest.mark.parametrize("last", ["第二条 示例的机关应当", "第二条 示例，", "第二条 "])
def test_a_text_that_ends_within_a_sentence_is_cut_off(last: str) -> None:
    assert is_cut_off(of_body("第一条 甲。", last))


@pytest.mark.parametrize("last", ["第二条 乙。", "第二条 （示例）", "第二条 示例如下：", "第二条 自公布之日起施行"])
def test_a_text_that_ends_with_a_sentence_or_says_when_it_begins_is_whole(last: str) -> None:
    assert not is_cut_off(of_body("第一条 甲。", last))


def test_a_list_of_names_below_the_closing_clause_is_whole() -> None:
    assert not is_cut_off(of_body("第一条 自公布之日起施行。", "附件：", "示例甲  示例乙"))


@pytest.mark.parametrize("line", ["第十十条 丙。", "第一二三四五六七八九〇条 丙。", f"第{'一' * 40}条 丙。", "第12345678条 丙。"])
def test_what_only_looks_like_a_number_begins_no_article(line: str) -> None:
    text = of_body("第一条 甲。", "第二条 乙。", line)
    assert (numbers(text), text.articles[1].paragraphs) == (["1", "2"], ("乙。", line))


@given(WORDS)
def test_odd_content_is_read_without_an_error_and_every_number_once(content: str) -> None:
    for text in (parse_text(content), parse_text(PLAIN + content), parse_text(YAML + content)):
        assert len(numbers(text)) == len(set(numbers(text)))
        assert all(gap not in map(int, filter(str.isdigit, numbers(text))) for gap in missing_numbers(text))
        is_cut_off(text)


@given(st.lists(st.text(st.sampled_from("甲乙丙，；"), min_size=1).map(lambda words: words + "。"), min_size=1, max_size=5), st.integers(1, 1500))
def test_what_is_written_is_read(paragraphs: list[str], number: int) -> None:
    text = of_body(f"第{number}条 {paragraphs[0]}", *paragraphs[1:])
    assert [(a.number, a.paragraphs, a.line) for a in text.articles] == [(str(number), tuple(paragraphs), 4)]
