"""Bodies: which words name one, which overlap, and the questions made of them."""

from __future__ import annotations

import pytest

from quizapp.questions.rules.generation.organs import is_body, mentions_in
from quizapp.questions.rules.generation.standing import fits, is_told, overlap, sort_of
from tests.unit.questions.generation.statutes import key_texts, of_kind

ROWS = (
    ("管理", "阅览座位的分配办法由县级文化部门制定。"),
    ("管理", "古籍修复的技术规范由市级档案机构制定。"),
    ("管理", "流动书车的行车路线由街道交通机构制定。"),
    ("管理", "馆舍消防通道的标识由区级住建部门制定。"),
    ("管理", "少儿阅览区的开放时间由乡镇教育机构制定。"),
)


@pytest.mark.parametrize(
    "words",
    ["国务院", "人民法院", "县级以上人民政府", "省、自治区、直辖市人民政府", "国务院公安部门", "保管人"],
)
def test_these_are_bodies(words):
    assert is_body(words)


@pytest.mark.parametrize(
    "words",
    [
        "有关部门",
        "行政机关",
        "该机关",
        "作出决定的机关",
        "公安机关或者检察机关",
        "严格执行上级政府",
        "当事人",
        "两个以上单位",
    ],
)
def test_these_are_none(words):
    assert not is_body(words)


def test_a_body_is_found_in_its_role():
    text = "借阅规则由市级文化部门制定，报上一级人民政府批准。读者可以向人民法院起诉。"
    found = {(mention.text, mention.role) for mention in mentions_in(text)}
    assert ("市级文化部门", "agent") in found
    assert ("上一级人民政府", "report") in found
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions_in(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("县级以上人民政府", "省级人民政府"),
        ("国务院", "国务院办公厅"),
        ("公安机关", "国务院公安部门"),
        ("本级人民政府", "乡镇人民政府"),
    ],
)
def test_bodies_overlap_both_ways(one, other):
    assert overlap(one, other)
    assert overlap(other, one)


def test_neighbouring_levels_do_not_overlap():
    assert not overlap("上一级监察机关", "本级监察机关")


def test_a_court_does_not_do_what_an_authority_does():
    assert not fits("应急管理部门", "人民检察院")
    assert not fits("公安机关", "国务院财政部门")
    assert not fits("监察机关", "复核机关")
    assert sort_of("保管人") == "party"


def test_a_text_tells_its_body_by_repeating_its_matter():
    assert is_told("监察机关", "监察机关办理监察事项。")
    assert not is_told("公安机关", "公安机关办理治安事项。")


def test_who_is_competent_is_asked_among_bodies_in_the_same_role():
    found = of_kind("body", ROWS)
    assert len(found) == len(ROWS)
    for candidate in found:
        (key,) = key_texts(candidate)
        assert key not in candidate.stem
        assert all(not overlap(key, text) for text in candidate.options.values() if text != key)


def test_what_one_must_not_do_is_no_question_of_who():
    rows = [("管理", "县级文化部门不得收取押金。"), *ROWS[1:]]
    assert all(candidate.article != "1" for candidate in of_kind("body", rows))
