"""Enumerations: how they are asked, and whose members serve as wrong answers."""

from __future__ import annotations

import pytest

from quizapp.questions.rules.generation.enumerations import enumerations_of, is_plain
from quizapp.questions.rules.generation.passages import read_article
from tests.unit.questions.generation.statutes import articles, key_texts, made, of_article

SUSPENDED = {"在阅览室内大声喧哗，经劝告仍不停止的", "把所借图书转借他人的", "故意在图书上涂画的"}


def enumeration(*paragraphs: str):
    (found,) = enumerations_of(read_article(articles([("管理", *paragraphs)])[0]))
    return found


@pytest.mark.parametrize(
    ("lead", "question", "statement"),
    [
        (
            "读者有下列情形之一的，应当补办：",
            "读者有下列哪些情形的，应当补办？",
            "读者有□这一情形的，应当补办。",
        ),
        ("馆长行使下列职权：", "馆长行使下列哪些职权？", "馆长行使□这一职权。"),
        ("下列人员可以免费办证：", "下列哪些人员可以免费办证？", "□可以免费办证。"),
        (
            "读者有下列情形之一的，不予办证：",
            "读者有下列哪些情形的，[[不予]]办证？",
            "读者有□这一情形的，不予办证。",
        ),
        (
            "申请符合下列条件之一的，可以受理：",
            "申请符合下列哪些条件的，可以受理？",
            "申请符合□这一条件的，可以受理。",
        ),
    ],
)
def test_a_lead_becomes_a_question_and_a_statement(lead, question, statement):
    found = enumeration(lead, "（一）年满六十周岁的；", "（二）持有残疾人证的。")
    assert (found.question, found.statement) == (question, statement)


@pytest.mark.parametrize(
    "lead",
    [
        "图书按照下列程序办理：",
        "可以外借，但是有下列情形之一的除外：",
        "依照本条例第五条，有下列情形的，应当补办：",
        "读者不得有下列行为：",  # another article may forbid the same
        "该读者有下列情形的，应当补办：",
    ],
)
def test_some_leads_are_not_asked(lead):
    found = enumeration(lead, "（一）年满六十周岁的；", "（二）持有残疾人证的。")
    assert not found.question
    assert found.reason


@pytest.mark.parametrize("text", ["其他情形", "前项规定的图书", "该读者的家属", "依照第三条补办的", "书"])
def test_members_that_hang_on_others_are_left_out(text):
    assert not is_plain(text)


def test_members_are_asked_beside_those_of_another_list():
    (candidate,) = [each for each in of_article(13, "list") if each.type == "multiple"]
    assert set(key_texts(candidate)) <= SUSPENDED
    wrong = {candidate.options[letter] for letter in candidate.distractors}
    assert wrong
    assert not wrong & SUSPENDED
    assert not any("其他" in text for text in candidate.options.values())


def test_a_statement_about_a_member_is_true_and_about_a_stranger_false():
    for seed in range(20):
        for candidate in of_article(13, "list", seed=seed):
            if candidate.type == "true_false":
                holds = any(member.removesuffix("的") in candidate.stem for member in SUSPENDED)
                assert candidate.key == (("true",) if holds else ("false",))


def test_lists_of_one_sanction_lend_each_other_no_members():
    rows = [
        (
            "管理",
            "读者有下列情形之一的，由图书馆处以警告：",
            "（一）转借所借图书的；",
            "（二）涂画所借图书的。",
        ),
        (
            "管理",
            "馆员有下列情形之一的，由图书馆处以警告：",
            "（一）私藏馆内图书的；",
            "（二）丢失馆内图书的。",
        ),
    ]

    assert [each for each in made(rows) if each.kind == "list" and each.key != ("true",)] == []
