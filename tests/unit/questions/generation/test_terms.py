"""Definitions: which term, which meaning, whether the two belong together."""

from __future__ import annotations

from quizapp.questions.rules.generation.definitions import definitions_of
from quizapp.questions.rules.generation.passages import read_article
from tests.unit.questions.generation.statutes import articles, key_texts, of_kind

MEANINGS = {
    "藏书": "图书馆登记在册、供读者借阅的图书",
    "读者": "持有借阅证、按照登记事项使用馆内资源的自然人",
    "借阅证": "图书馆发给申请人、载明其姓名和编号的凭证",
}


def terms(*paragraphs: str) -> dict[str, str]:
    reading = read_article(articles([("附则", *paragraphs)])[0])
    return {found.term: found.meaning for found in definitions_of(reading)}


def test_definitions_are_read_in_their_forms():
    assert terms("本条例所称藏书，是指登记在册、供借阅的图书。") == {"藏书": "登记在册、供借阅的图书"}
    assert terms("借阅合同是图书馆提供图书，读者按期归还的合同。") == {
        "借阅合同": "图书馆提供图书，读者按期归还的合同"
    }
    assert terms(
        "本条例下列用语的含义：", "（一）孤本，是指存世只有一册的图书。", "（二）善本，指校勘精审的图书版本。"
    ) == {
        "孤本": "存世只有一册的图书",
        "善本": "校勘精审的图书版本",
    }


def test_to_guide_is_not_to_mean():
    assert terms("市图书馆负责编目，指导各分馆的借阅工作。") == {}


def test_the_key_is_the_definition_of_the_law():
    found = of_kind("term")
    assert {candidate.type for candidate in found} <= {"single", "true_false"}
    for candidate in found:
        if candidate.type == "single":
            (key,) = key_texts(candidate)
            pair = (key, MEANINGS[key]) if key in MEANINGS else (_term_in(candidate.stem), key)
            assert MEANINGS[pair[0]] == pair[1]
        else:
            assert (MEANINGS[_term_in(candidate.stem)] in candidate.stem) == (candidate.key == ("true",))


def test_a_term_that_its_meaning_repeats_is_not_asked():
    rows = [
        ("附则", "本条例所称流动书车，是指装载图书、定时停靠的书车。"),
        ("附则", "本条例所称孤本，是指存世只有一册的图书。"),
        ("附则", "本条例所称善本，是指校勘精审、流传稀少的图书。"),
    ]
    assert all("流动书车" not in key_texts(each) for each in of_kind("term", rows) if each.options)


def _term_in(stem: str) -> str:
    return stem.partition("“")[2].partition("”")[0]
