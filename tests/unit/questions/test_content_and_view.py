import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.rules.content import (
    asks_the_same,
    content_hash,
    from_content,
    marking_key,
    to_content,
    to_export,
)
from quizapp.questions.rules.markup import Segment, emphasised_spans, is_broken, parse_stem, plain_stem
from quizapp.questions.rules.reading import parse_topic
from quizapp.questions.rules.schema import Case, Fill, Item, Multiple, RubricPoint, Short, Single, TrueFalse
from quizapp.questions.rules.schema import LawCitation as Law
from quizapp.questions.rules.view import candidate_view
from tests.unit.questions.topics import FILE, FINGERPRINT, HEAD, ITEMS, SOUND

BY_TYPE = {entry.item.type: entry.item for entry in parse_topic(SOUND, FILE).items}

SECRET = "密"  # in every generated text that a candidate may not see, and in no other
OPEN = st.text(alphabet="甲乙丙问[]_?", min_size=1, max_size=12).filter(str.strip)
HIDDEN = st.text(alphabet="丁戊己", max_size=6).map(lambda text: SECRET + text)


def _common() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "subject": HIDDEN,
        "topic": HIDDEN,
        "id": HIDDEN,
        "difficulty": st.integers(1, 3),
        "applied": st.booleans(),
        "stem": OPEN,
        "explanation": HIDDEN,
        "basis": st.tuples(st.builds(Law, law=HIDDEN, version=st.just("2020-05-28"), article=st.just("1"))),
    }


_options = st.fixed_dictionaries(dict.fromkeys("ABCD", OPEN))
_reasons = st.dictionaries(HIDDEN, HIDDEN, max_size=2)
_key = st.tuples(st.sampled_from("ABCD"))
QUESTIONS = st.one_of(
    st.builds(Single, **_common(), options=_options, key=_key, distractors=_reasons, type=st.just("single")),
    st.builds(
        Multiple, **_common(), options=_options, key=_key, distractors=_reasons, type=st.just("multiple")
    ),
    st.builds(TrueFalse, **_common(), key=st.booleans(), distractors=_reasons, type=st.just("true_false")),
    st.builds(
        Fill, **_common(), key=st.tuples(st.tuples(HIDDEN)), distractors=_reasons, type=st.just("fill")
    ),
    st.builds(
        Short,
        **_common(),
        key=HIDDEN,
        rubric=st.tuples(st.builds(RubricPoint, point=HIDDEN, share=st.just(100))),
        type=st.just("short"),
    ),
)
CASES = st.builds(
    Case,
    subject=HIDDEN,
    topic=HIDDEN,
    id=HIDDEN,
    material=OPEN,
    stem=OPEN,
    explanation=HIDDEN,
    difficulty=st.none() | st.integers(1, 3),
    parts=st.lists(QUESTIONS, min_size=1, max_size=3).map(tuple),
    type=st.just("case"),
)
ANY_ITEM = QUESTIONS | CASES

VIEW_FIELDS = {
    "kind",
    "questions",
    "material",
    "stem",
    "options",
    "blanks",
    "id",
    "text",
    "emphasised",
    "blank",
}


def _names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in _names(inner)}
    if isinstance(value, list | tuple):
        return {name for inner in value for name in _names(inner)}
    return set()


@given(ANY_ITEM)
def test_a_candidate_receives_nothing_secret(item: Item) -> None:
    assert SECRET in json.dumps(to_content(item), ensure_ascii=False)
    sent = dataclasses.asdict(candidate_view(item))
    assert _names(sent) <= VIEW_FIELDS
    assert SECRET not in json.dumps(sent, ensure_ascii=False)


@given(ANY_ITEM, st.data())
def test_the_view_is_the_same_whatever_the_secrets_are(item: Item, data: st.DataObject) -> None:
    if isinstance(item, Case):
        return
    changes: dict[str, Any] = {"explanation": data.draw(HIDDEN), "basis": (), "difficulty": 1, "id": "x"}
    if isinstance(item, Single | Multiple):
        changes["key"] = data.draw(_key)
    if isinstance(item, TrueFalse):
        changes["key"] = not item.key
    assert candidate_view(item.model_copy(update=changes)) == candidate_view(item)


def test_options_follow_the_order_of_the_form() -> None:
    view = candidate_view(BY_TYPE["single"], ["DCBA"])
    assert [option.id for option in view.questions[0].options] == list("DCBA")
    assert view.questions[0].options[1].text == "张某的籍贯"


@pytest.mark.parametrize("orders", [["ABC"], ["ABCE"], ["AABC"], ["ABCD", "ABCD"]])
def test_an_order_that_does_not_fit_is_refused(orders: list[str]) -> None:
    with pytest.raises(ValueError, match="order"):
        candidate_view(BY_TYPE["single"], orders)


def test_only_options_can_be_ordered() -> None:
    with pytest.raises(ValueError, match="no options"):
        candidate_view(BY_TYPE["true_false"], ["AB"])


def test_a_case_shows_material_and_each_part() -> None:
    view = candidate_view(BY_TYPE["case"], [(), "CAB"])
    assert view.material.startswith("甲某局")
    assert [question.kind for question in view.questions] == ["true_false", "single"]
    assert [option.id for option in view.questions[1].options] == list("CAB")


def test_a_fill_shows_its_blanks_in_their_places() -> None:
    question = candidate_view(BY_TYPE["fill"]).questions[0]
    assert question.blanks == 2
    assert [segment.blank for segment in question.stem] == [None, 1, None, 2, None]


def test_markup_becomes_segments() -> None:
    assert parse_stem("下列[[不属于]]____的是", with_blanks=True) == (
        Segment("下列"),
        Segment("不属于", emphasised=True),
        Segment("", blank=1),
        Segment("的是"),
    )
    assert parse_stem("甲____乙") == (Segment("甲____乙"),)
    assert parse_stem("") == ()


@given(st.text(alphabet="甲乙[]_", max_size=20))
def test_no_character_of_a_stem_is_lost(stem: str) -> None:
    shown = "".join("____" if run.blank else run.text for run in parse_stem(stem, with_blanks=True))
    assert shown == plain_stem(stem)
    assert "".join(run.text for run in parse_stem(stem)) == plain_stem(stem)


@given(st.text(alphabet="甲乙[]", max_size=20))
def test_spans_are_the_emphasised_words(stem: str) -> None:
    words = [plain_stem(stem)[start:end] for start, end in emphasised_spans(stem)]
    assert [word for word in words if word] == [run.text for run in parse_stem(stem) if run.emphasised]


@pytest.mark.parametrize("stem", ["[[甲", "甲]]", "[[]]", "[[ ]]", "[[甲[[乙]]", "]]甲[["])
def test_broken_markup_is_recognised(stem: str) -> None:
    assert is_broken(stem)
    assert not is_broken("甲[[乙]]丙[[丁]]")


@given(ANY_ITEM)
def test_content_is_stored_without_loss(item: Item) -> None:
    restored = from_content(json.loads(json.dumps(to_content(item))))
    assert restored == item
    assert content_hash(restored) == content_hash(item)


def _hash(item_type: str, old: str = "", new: str = "") -> str:
    text = HEAD + ITEMS[item_type]
    assert old in text
    (entry,) = parse_topic(text.replace(old, new, 1), FILE).items
    return content_hash(entry.item)


@pytest.mark.parametrize(
    ("item_type", "old", "new"),
    [
        ("single", "张某与某公司", "李某与某公司"),
        ("single", "价款的数额", "价款的总额"),
        ("single", "key: [C]", "key: [D]"),
        ("single", "籍贯与当事人", "籍贯同当事人"),
        ("single", "价款是合同的内容", "价款也是合同的内容"),
        ("single", "article: 470", "article: 471"),
        ("single", "difficulty: 2", "difficulty: 3"),
        ("single", "applied: true", "applied: false"),
        ("single", "topic: 合同", "topic: 合同编"),
        ("single", "subject: civil-code", "subject: constitution"),
        ("true_false", "key: true", "key: false"),
        ("fill", "三年", "三个年头"),
        ("short", "share: 40", "share: 39"),
        ("short", "真实，不违反", "真实；不违反"),
        ("case", "办公桌", "办公椅"),
        ("case", "甲某局可以解除合同", "甲某局有权解除合同"),
        ("case", "A: 终止履行", "A: 不再履行"),
        (
            "single",
            "      A: 标的物的名称\n      B: 价款的数额\n",
            "      B: 价款的数额\n      A: 标的物的名称\n",
        ),
    ],
)
def test_any_change_of_content_changes_the_hash(item_type: str, old: str, new: str) -> None:
    assert _hash(item_type, old, new) != _hash(item_type)


@pytest.mark.parametrize(
    ("item_type", "old", "new"),
    [
        ("single", "civil-code-001", "civil-code-009"),
        ("multiple", "key: [A, B, D]", "key: [D, B, A]"),
        ("single", "stem: ", "stem:   "),
        ("case", "    applied: true\n", "    applied: true\n    difficulty: 3\n"),
    ],
)
def test_what_is_no_content_leaves_the_hash(item_type: str, old: str, new: str) -> None:
    assert _hash(item_type, old, new) == _hash(item_type)


def test_the_hash_is_stable_across_releases() -> None:
    item = TrueFalse(
        subject="s", topic="t", id="s-001", difficulty=1, applied=False, stem="题", explanation="解", key=True
    )
    assert content_hash(item) == "f4bee61da1e629a791a89d0140fd0270d95b4aa47711e3cb88fcd5df71057eee"


@pytest.mark.parametrize(
    ("item_type", "key"),
    [
        ("single", ("C",)),
        ("multiple", ("A", "B", "D")),
        ("true_false", ("true",)),
        ("fill", (("3", "三年"), ("20", "二十年"))),
        ("short", ()),
    ],
)
def test_marking_keys(item_type: str, key: tuple[object, ...]) -> None:
    item = BY_TYPE[item_type]  # type: ignore[index]
    assert not isinstance(item, Case)
    assert marking_key(item) == key


COMMON = {
    "id", "version", "type", "stem", "options", "key", "explanation", "subject", "topic", "difficulty",
    "applied", "status", "origin", "basis",
}  # fmt: skip


@pytest.mark.parametrize(
    ("item_type", "more"),
    [
        ("single", set()),
        ("multiple", set()),
        ("true_false", set()),
        ("fill", {"accepted"}),
        ("short", {"rubric"}),
        ("case", {"material", "parts"}),
    ],
)
def test_export_has_the_stable_shape(item_type: str, more: set[str]) -> None:
    line = to_export(BY_TYPE[item_type], version=2, status="published", origin="authored")  # type: ignore[index]
    assert set(line) == COMMON | more
    assert (line["version"], line["status"], line["origin"]) == (2, "published", "authored")
    for part in line.get("parts", []):
        assert set(part) >= COMMON
    assert all(isinstance(answer, str) for answer in line["key"])
    json.dumps(line)


def test_exported_values() -> None:
    line = to_export(BY_TYPE["multiple"], version=1, status="published", origin="authored")
    assert line["options"][0] == {"id": "A", "text": "自愿原则"}
    assert line["key"] == ["A", "B", "D"]
    assert line["basis"] == [{"law": "民法典", "article": "5", "paragraph": 1, "law_version": "2020-05-28",
                              "text_hash": FINGERPRINT, "span": (0, 8)}]
    fill = to_export(BY_TYPE["fill"], version=1, status="published", origin="authored")
    assert (fill["key"], fill["accepted"]) == (["3", "20"], [["3", "三年"], ["20", "二十年"]])
    case = to_export(BY_TYPE["case"], version=1, status="published", origin="authored")
    assert case["difficulty"] == 3
    assert case["parts"][1]["basis"][0]["document"] == "《示例意见》"


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_a_question_stays_the_same_until_what_is_asked_or_marked_changes(kind: str) -> None:
    content = to_content(BY_TYPE[kind])
    told = {"explanation": "别的解析", "basis": [], "topic": "别的专题", "difficulty": 3, "applied": not content["applied"]}
    assert asks_the_same(content, content | told)
    if kind != "case":
        assert not asks_the_same(content, content | {"stem": "别的问题？"})
        assert not asks_the_same(content, content | {"key": "别的答案"})
    else:
        first, *rest = content["parts"]
        assert asks_the_same(content, content | {"parts": [first | told, *rest]})
        assert not asks_the_same(content, content | {"parts": [first | {"stem": "别的问题？"}, *rest]})
        assert not asks_the_same(content, content | {"parts": rest})
        assert not asks_the_same(content, content | {"material": "别的材料"})
