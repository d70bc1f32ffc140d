"""Saves, progress, what counts, the receipt."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules import saves
from quizapp.attempts.rules.counting import Finished, counting, grade
from quizapp.attempts.rules.progress import State, count, slips, state_of, strip_width
from quizapp.attempts.rules.receipt import receipt, shorten
from quizapp.attempts.rules.saves import Batch, Save, missing, newest, read_batch
from quizapp.attempts.rules.words import paragraph_words
from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import show_marks
from quizapp.statutes.rules.numbering import article_name

DEADLINE = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
GOOD = {"client_id": "tab-one-1", "epoch": 1, "saves": [{"q": 1, "seq": 5, "response": ["1"], "flagged": True}]}


def test_a_batch_is_read() -> None:
    assert read_batch(GOOD) == Batch("tab-one-1", 1, (Save(1, 5, ["1"], True, True),))
    assert read_batch({"client_id": "tab-one-1", "epoch": 1}).saves == ()


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "short"}, {"client_id": "x" * 41}, {"client_id": 7}, {"client_id": "tab one two"},
        {"client_id": "标签页标签页标签页"}, {"epoch": 0}, {"epoch": "1"}, {"epoch": True}, {"saves": {}}, {"saves": [7]},
        {"saves": [{"q": 0, "seq": 1}]}, {"saves": [{"q": 1, "seq": 0}]}, {"saves": [{"q": 1, "seq": 2**31}]},
        {"saves": [{"q": 1, "seq": 1.5}]}, {"saves": [{"q": 1, "seq": 1}] * 51},
    ],
)
def test_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        read_batch(GOOD | change)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) |
                    st.dictionaries(st.sampled_from(["client_id", "epoch", "saves", "q", "seq"]), inner)))
def test_nothing_that_json_can_say_breaks_the_reading(payload: object) -> None:
    with pytest.raises(InputError):
        read_batch(payload)


def test_a_manifest_is_read() -> None:
    assert saves.read_manifest({"3": 7}) == {3: 7}
    for wrong in ([], {"three": 7}, {"3": "7"}, {"3": -1}):
        with pytest.raises(InputError):
            saves.read_manifest(wrong)


@given(st.lists(st.builds(Save, st.integers(1, 4), st.integers(1, 9), st.just(["1"]), st.booleans(), st.booleans())))
def test_the_newest_save_of_each_question_is_sent_on(given_saves: list[Save]) -> None:
    found = newest(given_saves)
    assert {save.number for save in found} == {save.number for save in given_saves}
    assert len(found) == len({save.number for save in found})
    for save in found:
        assert save.seq == max(other.seq for other in given_saves if other.number == save.number)


def test_what_has_not_arrived() -> None:
    assert missing({1: 5, 2: 3, 3: 1, 4: 0}, [(1, 5), (2, 2)]) == [2, 3]


@given(st.lists(st.builds(state_of, seen=st.booleans(), answered=st.booleans(), flagged=st.booleans()), min_size=1))
def test_counts_and_slips_agree(states: list[State]) -> None:
    counts = count(states)
    assert counts.done + counts.open == counts.total == len(states)
    drawn = slips(states, here=1)
    assert sum(slip.kind == "done" for slip in drawn) == counts.done
    assert sum(slip.cap is not None for slip in drawn) == counts.flagged
    assert [slip.here for slip in drawn] == [True] + [False] * (len(states) - 1)
    assert all(slip.x + 5 <= strip_width(len(states)) for slip in drawn)


def attempt(number: int, score: int | None) -> Finished:
    return Finished(UUID(int=number), number, None if score is None else Decimal(score))


@pytest.mark.parametrize(
    ("scores", "rule", "number"),
    [
        ([60, 80, 70], "best", 2), ([60, 80, 70], "last", 3), ([60, 80, 70], "first", 1), ([80, 80], "best", 1),
        ([None, 70], "best", 2), ([None, None], "best", 1), ([70, None], "last", 2), ([0, None], "best", 1),
    ],
)
def test_which_attempt_counts(scores: list[int | None], rule: str, number: int) -> None:
    chosen = counting([attempt(n, score) for n, score in enumerate(scores, 1)], rule)
    assert chosen is not None
    assert chosen.number == number


def test_nothing_counts_without_attempts() -> None:
    assert counting([], "best") is None
    with pytest.raises(ValueError, match="worst"):
        counting([attempt(1, 1)], "worst")


def test_a_mark_that_is_just_reached_is_reached() -> None:
    words = [grade(Decimal(score), Decimal(60), Decimal(90)) for score in ("59.99", "60", "89.99", "90")]
    assert words == ["failed", "passed", "passed", "excellent"]


def test_a_receipt_changes_with_every_fact() -> None:
    facts = (UUID(int=1), 7, DEADLINE, [(2, 5, ["A"]), (1, 4, ["B"])])
    same = receipt(*facts[:3], [(1, 4, ["B"]), (2, 5, ["A"])])
    changed = [
        receipt(UUID(int=2), *facts[1:]), receipt(facts[0], 8, *facts[2:]),
        receipt(facts[0], 7, DEADLINE + timedelta(microseconds=1), facts[3]),
        receipt(*facts[:3], [(2, 5, ["C"]), (1, 4, ["B"])]), receipt(*facts[:3], [(2, 6, ["A"]), (1, 4, ["B"])]),
        receipt(*facts[:3], [(1, 4, ["B"])]),
    ]
    assert receipt(*facts) == same
    assert len({same, *changed}) == 7
    assert shorten(same) == " ".join(same[i : i + 4].upper() for i in (0, 4, 8, 12))


def test_articles_are_cited_as_documents_cite_them() -> None:
    cited = [article_name("188"), article_name("133-1"), article_name("preamble"), paragraph_words(2), paragraph_words(None)]
    assert cited == ["第一百八十八条", "第一百三十三条之一", "序言", "第二款", ""]


def test_marks_are_shown_without_idle_zeros() -> None:
    assert [show_marks(Decimal(text)) for text in ("2.00", "2.50", "0", "100", "0.33")] == ["2", "2.5", "0", "100", "0.33"]
