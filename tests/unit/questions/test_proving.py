"""Quotes become proof in place; the rest of the file stays byte for byte."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.rules.proving import Unproved, prove
from quizapp.statutes.rules.wording import fingerprint, normal_form

TEXT = "示例应当真实，\n不得“夸大”；违反的，由办公室责令改正。"
DIGITS = next(f"示例{n}" for n in range(10**6) if fingerprint(f"示例{n}").isdigit())
LAWS = {("示例法", "2021-01-01", "3"): TEXT, ("示例法", "2021-01-01", "133-1"): "示例由办公室登记。",
        ("示例法", "2021-01-01", "4"): DIGITS}
LINE = "      - {law: 示例法, version: 2021-01-01, article: 3, %s}"


def lookup(law: str, version: str, article: str) -> str | None:
    return LAWS.get((law, version, article))


def proved(line: str) -> str:
    content, count, faults = prove(line, lookup)
    assert (count, faults) == (1, [])
    return content


def test_a_quote_becomes_fingerprint_and_span() -> None:
    assert proved(LINE % "quote: 不得“夸大”") == LINE % f"text: {fingerprint(TEXT)}, span: [7, 13]"


@pytest.mark.parametrize("written", ["不得“夸大”", '"不得“夸大”"', "'不得“夸大”'", '"不得\\"夸大\\""', "'不得 \"夸大\"'", "不 得「夸大」"])
def test_a_quote_may_be_written_in_any_way(written: str) -> None:
    assert proved(LINE % f"quote: {written}").endswith("span: [7, 13]}")


def test_a_quote_with_a_comma_in_marks_is_one_value() -> None:
    assert proved(LINE % 'quote: "真实，"').endswith("span: [4, 7]}")
    _content, count, faults = prove(LINE % 'quote: "真实, paragraph: 1"', lookup)
    assert (count, faults[0].values["quote"]) == (0, "真实, paragraph: 1")


def test_other_fields_stay_in_their_order_and_an_older_proof_goes() -> None:
    line = LINE % "paragraph: 1, text: 00112233445566aa, span: [0, 2], quote: 责令改正, item: 2"
    assert proved(line) == LINE % f"paragraph: 1, item: 2, text: {fingerprint(TEXT)}, span: [22, 26]"


def test_an_inserted_article_and_marks_around_its_number() -> None:
    line = LINE.replace("article: 3", 'article: "133-1"') % "quote: 示例"
    assert proved(line) == LINE.replace("article: 3", 'article: "133-1"') % f"text: {fingerprint('示例由办公室登记。')}, span: [0, 2]"


def test_a_fingerprint_of_digits_stays_text_for_yaml() -> None:
    line = proved(LINE.replace("article: 3", "article: 4") % "quote: 示例")
    assert yaml.safe_load(line)[0]["text"] == fingerprint(DIGITS)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_all_other_lines_stay_byte_for_byte(ending: str) -> None:
    lines = ["# 示例", "subject: constitution", "  ", "items:\t", "  - id: constitution-001", "    stem: 引用 {law: 示例法, quote: 真实}",
             LINE % "quote: 真实", "      - {law: 示例法, quote_left: 是}", "      # - {law: 示例法, quote: 真实}", "      - {document: 示例, quote: 真实}", ""]
    content, count, faults = prove(ending.join(lines), lookup)
    found = content.split(ending)
    assert (count, faults) == (1, [])
    assert found[:6] + found[7:] == lines[:6] + lines[7:]
    assert found[6].endswith("span: [4, 6]}")


@given(st.text(st.sampled_from("- {}law: 示例法,quote'\"\\\n\r\t甲3[]span"), max_size=80))
def test_a_file_without_citations_is_left_alone(content: str) -> None:
    assert prove(content, lookup) == (content, 0, [])


@given(st.data())
def test_any_words_of_the_article_are_proved(data: st.DataObject) -> None:
    words = normal_form(TEXT)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quote = words[start:end].replace('"', '\\"')
    citation = yaml.safe_load(proved(LINE % f'quote: "{quote}"'))[0]
    first, last = citation["span"]
    assert words[first:last] == words[start:end]
    assert (citation["text"], "quote" in citation) == (fingerprint(TEXT), False)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE % "quote: 夸张", "“示例法”第三条里没有“夸张”这几个字，请核对条文"),
        (LINE % "quote: ''", "“示例法”第三条里没有“”这几个字，请核对条文"),
        (LINE.replace("3", "9") % "quote: 真实", "法律库里没有“示例法”第九条的文本，请先导入"),
        (LINE.replace("2021", "2022") % "quote: 真实", "法律库里没有“示例法”第三条的文本，请先导入"),
        (LINE.replace("3", "第三条") % "quote: 真实", "法律库里没有“示例法”第三条的文本，请先导入"),
        ("- {law: 样本法, quote: 真实}", "法律库里没有“样本法”的文本，请先导入"),
    ],
)
def test_what_cannot_be_proved_is_named_with_its_line_and_left_as_it_is(line: str, says: str) -> None:
    content = f"items:\n{LINE % 'quote: 真实'}\n{line}\n"
    found, count, faults = prove(content, lookup)
    assert (count, [(fault.line, fault.text) for fault in faults]) == (1, [(3, says)])
    assert found.split("\n")[2] == line


def test_every_fault_of_a_file_is_named() -> None:
    lines = [LINE % "quote: 甲", "", LINE % "quote: 真实", LINE % "quote: 乙"]
    _content, count, faults = prove("\n".join(lines), lookup)
    assert count == 1
    assert [(fault.line, fault.values["quote"]) for fault in faults] == [(1, "甲"), (4, "乙")]
    assert all(isinstance(fault, Unproved) for fault in faults)
