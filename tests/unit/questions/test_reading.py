import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions import rules
from quizapp.questions.rules.problems import ERRORS, WARNINGS
from quizapp.questions.rules.reading import parse_topic
from quizapp.questions.rules.schema import Case, DocumentCitation, LawCitation, Single, difficulty_of
from quizapp.questions.rules.source import load
from tests.unit.questions.topics import FILE, HEAD, ITEMS, SINGLE, SOUND, TRUE_FALSE, line_of


def test_every_type_is_read_with_its_line() -> None:
    topic = parse_topic(SOUND, FILE)
    assert topic.problems == ()
    assert (topic.subject, topic.topic) == ("civil-code", "合同")
    assert [entry.item.type for entry in topic.items] == list(ITEMS)
    for entry in topic.items:
        assert entry.line == line_of(SOUND, f"id: {entry.item.id}")
        assert (entry.item.subject, entry.item.topic) == ("civil-code", "合同")


def test_parts_inherit_subject_topic_and_situation() -> None:
    case = parse_topic(SOUND, FILE).items[-1].item
    assert isinstance(case, Case)
    assert {(part.subject, part.topic, part.applied) for part in case.parts} == {("civil-code", "合同", True)}
    assert difficulty_of(case) == 3


def test_both_kinds_of_basis_are_told_apart() -> None:
    case = parse_topic(SOUND, FILE).items[-1].item
    assert isinstance(case, Case)
    law, document = (part.basis[0] for part in case.parts)
    assert isinstance(law, LawCitation)
    assert (law.article, law.version) == ("563", "2020-05-28")
    assert isinstance(document, DocumentCitation)
    assert document.date == "2022-10-16"


def test_one_broken_item_does_not_hide_the_others() -> None:
    topic = parse_topic(HEAD + SINGLE.replace("key: [C]", "key: C") + TRUE_FALSE, FILE)
    assert [entry.item.id for entry in topic.items] == ["civil-code-003"]
    assert [problem.item_id for problem in topic.problems] == ["civil-code-001"]


def test_a_broken_head_gives_no_items_but_all_problems() -> None:
    topic = parse_topic(SOUND.replace("topic: 合同\n", "").replace("key: [C]", "key: C"), FILE)
    assert topic.items == ()
    assert {problem.code for problem in topic.problems} == {"field_missing", "not_list"}


def test_a_line_folded_by_yaml_leaves_no_space_between_ideographs() -> None:
    text = HEAD + SINGLE.replace("订立买卖合同，下列", "订立\n      买卖合同，\n      下列")
    item = parse_topic(text, FILE).items[0].item
    assert item.stem == "张某与某公司订立买卖合同，下列[[不属于]]合同主要内容的是？"


def test_bare_numbers_are_text_as_written() -> None:
    item = parse_topic(HEAD + SINGLE.replace("C: 张某的籍贯", "C: 30"), FILE).items[0].item
    assert isinstance(item, Single)
    assert item.options["C"] == "30"


@pytest.mark.parametrize("text", ["yes", "no", "on", "2020-05-28", "1.5", "007", "12:30", "1_000"])
def test_words_that_yaml_would_convert_stay_text(text: str) -> None:
    assert load(f"a: {text}", "f").value == {"a": text}


def test_constants_and_whole_numbers_are_values() -> None:
    assert load("[true, false, null, ~, 12, -3, '12']", "f").value == (True, False, None, None, 12, -3, "12")


def test_the_line_of_something_absent_is_that_of_what_surrounds_it() -> None:
    source = load("a:\n  b:\n    - c: 1\n", "f")
    assert source.line(("a", "b", 0, "c")) == 3
    assert source.line(("a", "b", 0, "missing", "deeper")) == 3
    assert source.line(("nowhere",)) == 1


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_no_nesting_exhausts_the_stack(opening: str) -> None:
    assert load(opening * 100_000, "f").problems


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_no_content_raises(content: str | bytes) -> None:
    assert parse_topic(content, FILE).problems


@pytest.mark.parametrize("lost", [2, 17, 40])
def test_a_file_cut_off_in_its_last_line_is_wrong_on_that_line(lost: int) -> None:
    text = SOUND[:-lost]
    problem = parse_topic(text, FILE).problems[0]
    assert (problem.code, problem.line) == ("yaml_syntax", text.count("\n") + 1)


@given(st.data())
def test_no_damage_to_a_sound_file_raises(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOUND)))
    end = data.draw(st.integers(start, min(len(SOUND), start + 40)))
    new = data.draw(st.text(alphabet="[]{}:-?&*!|>'\"\n ,#%@`A1是\x00\ud800", max_size=8))
    text = SOUND[:start] + new + SOUND[end:]
    topic = parse_topic(text, FILE)
    last = text.count("\n") + 1
    assert all(1 <= problem.line <= last and problem.text for problem in topic.problems)


def _sentences() -> set[str]:
    """Every sentence that the rules can say: the catalogue, and what is raised."""
    raised = {
        node.args[0].value
        for path in Path(rules.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "InputError"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    assert raised
    return raised | set(ERRORS.values()) | set(WARNINGS.values())


def test_every_sentence_has_english_with_the_same_placeholders() -> None:
    path = Path(rules.__path__[0]).parent / "translations" / "en.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="en")
    for sentence in _sentences():
        entry = catalogue.get(sentence)
        assert entry is not None, sentence
        assert entry.string, sentence
        assert not list(entry.check(catalogue)), sentence
        names = {part.split(")")[0] for part in sentence.split("%(")[1:]}
        assert names == {part.split(")")[0] for part in str(entry.string).split("%(")[1:]}, sentence
