"""True or false: what may be changed in a sentence, and what is left alone."""

from __future__ import annotations

import pytest

from quizapp.questions.rules.generation import SourceArticle
from quizapp.questions.rules.generation.duties import duty_turns
from quizapp.questions.rules.generation.passages import Passage, passages, read_article
from quizapp.questions.rules.generation.turns import opposite_turns, party_turns
from quizapp.questions.rules.generation.wishes import is_exhortation, is_political, is_rule
from tests.unit.questions.generation.statutes import LENDING, VERSION, of_kind


def passage(text: str, heading: str = "管理") -> Passage:
    reading = read_article(SourceArticle("图书借阅条例", VERSION, "1", (heading,), (text,)))
    (found,) = passages(reading)
    assert isinstance(found, Passage), found
    return found


def changed(text: str, turns) -> list[str]:
    found = passage(text)
    return [found.text[: t.start] + t.new + found.text[t.start + len(t.old) :] for t in turns(found)]


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("图书馆应当在入口处公布开放时间。", "图书馆可以在入口处公布开放时间。"),
        ("读者逾期的，借阅证管理部门可以暂停借阅。", "读者逾期的，借阅证管理部门应当暂停借阅。"),
        ("读者丢失图书的，可以购买同一版本抵偿。", "读者丢失图书的，不得购买同一版本抵偿。"),
        ("馆藏孤本不得外借给个人读者。", "馆藏孤本可以外借给个人读者。"),
    ],
)
def test_a_modal_verb_is_changed(text, turned):
    assert changed(text, duty_turns) == [turned]


@pytest.mark.parametrize(
    "text",
    [
        "图书馆应当遵循方便读者的原则，做好服务。",  # nobody would say 可以
        "任何读者不得损坏馆内的图书和设施。",
        "图书馆认为应当修补的图书，由修复室登记。",  # the verb belongs to a phrase
        "图书损坏应当补办手续的，由服务台登记。",
        "图书馆应当公布目录，不得只公布书名。",  # what follows would contradict the change
        "读者可以到馆借阅，也可以委托他人借阅。",
        "赠书是可以由受赠馆自行处置的图书。",
    ],
)
def test_a_modal_verb_is_left_alone(text):
    assert changed(text, duty_turns) == []


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("赔偿期间不停止借阅决定的执行。", "赔偿期间停止借阅决定的执行。"),
        ("读者应当以书面形式提出办证请求。", "读者应当以口头形式提出办证请求。"),
        ("读者丢失图书的，应当承担赔偿责任。", "读者丢失图书的，无须承担赔偿责任。"),
        ("新书到馆三日内不外借，但是教学急需的除外。", "新书到馆三日内不外借，教学急需的也不例外。"),
        ("借阅规则报市图书馆批准后，方可实施。", "借阅规则报市图书馆备案后，方可实施。"),
    ],
)
def test_a_word_is_changed_into_its_opposite(text, turned):
    assert turned in changed(text, opposite_turns)


def test_a_word_is_left_alone_where_the_article_says_the_opposite_too():
    assert changed("读者应当以书面形式提出请求，急需时可以口头请求。", opposite_turns) == []


def test_one_party_is_put_in_the_place_of_the_other():
    found = passage("租期届满，逾期归还的损失由承租人承担。", "租赁合同")
    assert [(turn.old, turn.new) for turn in party_turns(found)] == [("承租人", "出租人")]


def test_a_party_that_the_sentence_names_again_is_left_alone():
    found = passage("出租人应当把房屋交给承租人使用。", "租赁合同")
    assert list(party_turns(found)) == []


def test_every_statement_is_the_law_or_one_change_from_it():
    texts = {"".join(paragraphs) for _, *paragraphs in LENDING}
    for seed in range(10):
        for candidate in of_kind("edit", seed=seed):
            said = candidate.stem.partition("，")[2].rstrip("。")
            assert any(said in text for text in texts) == (candidate.key == ("true",))


def test_about_half_of_the_statements_are_true():
    keys = [candidate.key for seed in range(30) for candidate in of_kind("edit", seed=seed)]
    assert 0.3 < keys.count(("true",)) / len(keys) < 0.7


def test_wishes_and_principles_are_known():
    assert is_exhortation("应当按照规定，加强对馆员的培训")
    assert is_political("图书馆坚持社会主义核心价值观。")
    assert is_rule("借阅证由市图书馆统一编号。")
    assert not is_rule("国家鼓励社会力量捐赠图书。")
    assert not is_rule("违反本条例规定的，依法追究责任。")
