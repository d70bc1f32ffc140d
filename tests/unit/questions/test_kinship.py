"""Items close to one another: near duplicates, and those of which one gives the other's answer away."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.kinship import LIKE, SHOWN, Kin, enemy_pairs, gives_away, kin_of
from quizapp.questions.rules.schema import Item

TOPICS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def item(number: int, stem: str, kind: str = "single", article: str = "1", **changes: Any) -> Item:
    fields: dict[str, Any] = {
        "id": f"constitution-{number:03}", "type": kind, "subject": "constitution", "topic": "示例", "difficulty": 1, "applied": False,
        "stem": stem, "explanation": "第一条写明了这件事，其他说法都不成立。",
        "basis": [{"law": "示例法", "version": "2021-01-01", "article": article}],
    }
    if kind in ("single", "multiple"):
        fields |= {"options": {letter: f"{stem[:3]}{letter * 4}" for letter in "ABC"}, "key": ["A"] if kind == "single" else ["A", "B"]}
    return from_content(fields | changes)


def codes(found: list[Kin], kind: str) -> list[str]:
    return [kin.code for kin in found if kin.kind == kind]


def among(one: Item, *others: Item) -> list[Kin]:
    return kin_of(one, {other.id: other for other in (one, *others)})


KEYED = item(1, "示例由谁登记？", options={"A": "示例登记办公室", "B": "样本局", "C": "图样科"})
TELLS = item(2, "示例[[登记办公室]]收到申请以后，应当在几日内答复申请人？", article="1")


# ---------------------------------------------------------------- like


def test_the_most_like_come_first_and_the_item_itself_is_left_out() -> None:
    stem = "关于示例的登记和公开，下列说法正确的是哪一项？"
    one = item(1, stem)
    near, nearer, far = item(2, stem.replace("登记和公开", "保存与移交")), item(3, stem.replace("哪一项", "哪一个")), item(4, TOPICS)
    found = among(one, near, nearer, far)
    assert codes(found, "like") == ["constitution-003", "constitution-002"]
    assert 100 > found[0].score > found[1].score >= LIKE


def test_width_spaces_and_the_order_of_options_do_not_count() -> None:
    one = item(1, "登记（示例）的期限是30日吗？", options={"A": "是的", "B": "不是", "C": "没有规定"})
    other = item(2, "登记(示例)的期限 是３０日吗？", options={"A": "没有规定", "B": "是的", "C": "不是"})
    assert among(one, other) == [Kin("constitution-002", "like", 100.0)]


def test_no_more_are_shown_than_anybody_reads() -> None:
    same = [item(number, "关于示例的登记，下列说法正确的是？") for number in range(1, SHOWN + 4)]
    assert len(codes(among(*same), "like")) == SHOWN


# ---------------------------------------------------------------- enemies


def test_a_stem_with_the_key_of_another_gives_it_away_in_either_direction() -> None:
    assert gives_away(TELLS, KEYED) == "示例登记办公室"
    assert gives_away(KEYED, TELLS) == ""
    assert [kin for kin in among(KEYED, TELLS) if kin.kind == "enemy"] == [Kin("constitution-002", "enemy", words="示例登记办公室")]
    assert [kin for kin in among(TELLS, KEYED) if kin.kind == "enemy"] == [Kin("constitution-001", "enemy", words="示例登记办公室")]


def test_items_of_different_articles_are_no_enemies() -> None:
    elsewhere = item(2, "示例登记办公室收到申请以后，应当在几日内答复申请人？", article="2")
    assert codes(among(KEYED, elsewhere), "enemy") == []


def test_a_wrong_option_gives_nothing_away() -> None:
    other = item(2, "样本局和图样科各由谁管理？")
    assert codes(among(KEYED, other), "enemy") == []


def test_short_keys_occur_everywhere_and_do_not_count() -> None:
    tells = item(2, "由登记处公开，满三个月没有公开的，怎么办？")
    assert gives_away(tells, item(1, "由谁公开？", options={"A": "登记处", "B": "样本局", "C": "图样科"})) == ""
    assert gives_away(tells, item(1, "由谁公开？", options={"A": "由登记处", "B": "样本局", "C": "图样科"})) == "由登记处"


@pytest.mark.parametrize(
    "keyed",
    [
        item(1, "哪些应当公开？", "multiple", options={"A": "登记的范围", "B": "收费的标准", "C": "经办人的住址"}),
        item(1, "应当公开____。", "fill", key=[["收费的标准", "收费标准"]]),
        item(1, "", "case", material="某局拟公开一批示例。", applied=True,
             parts=[item(7, "应当公开什么？", options={"A": "收费的标准", "B": "住址", "C": "姓名"}).model_dump(mode="json")]),
    ],
)
def test_keys_of_every_closed_type_are_looked_for(keyed: Item) -> None:
    assert gives_away(item(2, "收费的标准由谁制定？"), keyed) == "收费的标准"


def test_judgements_and_short_answers_have_no_key_to_give_away() -> None:
    judged = item(1, "收费的标准应当公开。", "true_false", key=True)
    short = item(1, "应当公开什么？", "short", key="收费的标准", rubric=[{"point": "标准", "share": 100}])
    for keyed in (judged, short):
        assert gives_away(item(2, "收费的标准由谁制定？"), keyed) == ""


def test_the_parts_of_a_case_are_read_as_well() -> None:
    part = item(7, "示例登记办公室应当怎样答复？").model_dump(mode="json")
    case = item(3, "", "case", material="某人申请登记。", applied=True, parts=[part])
    assert gives_away(case, KEYED) == "示例登记办公室"
    assert codes(among(KEYED, case), "enemy") == ["constitution-003"]


# ---------------------------------------------------------------- enemies of a whole pool


def test_pairs_of_a_pool_are_those_found_one_by_one() -> None:
    elsewhere = item(3, "示例登记办公室设在哪里？", article="2")
    other = item(4, TOPICS)
    assert enemy_pairs({11: KEYED, 12: TELLS, 13: elsewhere, 14: other}) == {(11, 12)}


def test_two_items_that_ask_the_same_of_one_article_are_kept_apart() -> None:
    stem = "关于示例的登记和公开，下列说法正确的是哪一项？"
    options = {"A": "一", "B": "二", "C": "三"}
    same = {n: item(n, stem.replace("哪一项", "哪一个") if n == 2 else stem, article="2" if n == 3 else "1", options=options)
            for n in (1, 2, 3)}
    assert enemy_pairs(same) == {(1, 2)}


def test_a_pool_without_common_articles_has_no_enemies() -> None:
    assert enemy_pairs({}) == enemy_pairs({n: item(n, "同一个问题？", article=str(n)) for n in range(1, 4)}) == set()
