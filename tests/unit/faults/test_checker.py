"""The checker itself: for every invariant one history that keeps it and one that does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.checker import Verdict, check
from tests.faults.history import Head, History, Outcome, Read, Save, Start, Submit
from tests.faults.record import Attempt, Held, Logged, Record

ATTEMPT, TAB, LATEST = "a-1", "tab-one-0001", 1000.0
CHAIN = ("first", "second", "third")


@dataclass
class Story:
    """A server that keeps its promises, told by hand; `record` changes what it holds at the end."""

    time: float = 100.0
    history: History = field(init=False)
    answers: dict[int, Held] = field(default_factory=dict)
    events: list[Logged] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.history = History(lambda: self.time)
        start = self.history.begin(Start(process="c1", attempt="", candidate=1, exam=1))
        start.attempt = ATTEMPT
        self.history.end(start, Outcome.OK)

    def save(self, question: int, seq: int, value: str = "x", *, held: int | None = None, kept: bool = True) -> Save:
        """Sent, stored where it is newer, and acknowledged; `held` makes the server say something else."""
        op = self.sent(question, seq, value)
        if kept:
            self.events.append(Logged(TAB, question, seq, value, self.time))
            if seq > self.answers.get(question, Held(0, "", 0.0)).seq:
                self.answers[question] = Held(seq, value, self.time)
        op.held = held if held is not None else max(seq, self.answers.get(question, Held(seq, "", 0.0)).seq)
        self.history.end(op, Outcome.OK)
        return op

    def sent(self, question: int, seq: int, value: str = "x") -> Save:
        return self.history.begin(Save(process=TAB, attempt=ATTEMPT, question=question, seq=seq, value=value))

    def read(self, found: Mapping[int, tuple[int, str]], *, over: bool = False) -> Read:
        op = self.history.begin(Read(process="reader", attempt=ATTEMPT))
        op.found, op.over = dict(found), over
        self.history.end(op, Outcome.OK)
        return op

    def submit(self, manifest: Mapping[int, int], receipt: str = "r") -> Submit:
        op = self.history.begin(Submit(process=TAB, attempt=ATTEMPT, manifest=dict(manifest)))
        op.receipt = receipt
        self.history.end(op, Outcome.OK)
        self.facts |= {"state": "submitted", "receipt": "r", "proved": "r"}
        return op

    def attempt(self) -> Attempt:
        made = Attempt(ATTEMPT, 1, 1, 1, "open", LATEST, self.answers, self.events)
        return replace(made, **self.facts)

    def record(self) -> Record:
        return Record({ATTEMPT: self.attempt()}, CHAIN)

    def verdict(self, record: Record | None = None) -> Verdict:
        return check(self.history, record or self.record())


def whole() -> Story:
    """A good story: saves in and out of order, a repeated one, a read, the receipt, a save after it refused."""
    story = Story()
    story.save(1, 1, "a")
    story.save(1, 3, "c")
    story.save(1, 2, "b")
    story.save(2, 4, "d")
    story.history.end(story.sent(2, 4, "d"), Outcome.INFO)
    story.history.shown(TAB, ATTEMPT, 2, 4)
    story.read({1: (3, "c"), 2: (4, "d")})
    story.submit({1: 3, 2: 4})
    story.read({1: (3, "c"), 2: (4, "d")}, over=True)
    story.history.end(story.sent(1, 9, "late"), Outcome.FAIL)
    story.events.append(Logged(TAB, 1, 9, "late", story.time, "closed"))
    story.history.heads += [Head(0, ""), Head(2, "second"), Head(3, "third")]
    return story


def test_a_good_story_is_green() -> None:
    verdict = whole().verdict()
    assert verdict.violations == []
    assert (verdict.acknowledged, verdict.attempts, verdict.submitted) == (4, 1, 1)


def only(verdict: Verdict, invariant: str) -> bool:
    return verdict.broken == {invariant}


# ---------------------------------------------------------------- I1 to I4


def test_i1_an_acknowledged_answer_that_is_gone_is_lost() -> None:
    story = whole()
    del story.answers[2]
    assert "I1" in story.verdict().broken
    assert [v.question for v in story.verdict().violations if v.invariant == "I1"] == [2]


def test_i1_an_older_answer_than_the_acknowledged_one_is_a_loss() -> None:
    story = Story()
    story.save(1, 1, "a")
    story.save(1, 2, "b")
    story.answers[1] = Held(1, "a", story.time)
    assert only(story.verdict(), "I1")


def test_i1_what_a_browser_showed_as_saved_counts_as_acknowledged() -> None:
    story = Story()
    story.history.end(story.sent(1, 1), Outcome.INFO)
    assert story.verdict().green
    story.history.shown(TAB, ATTEMPT, 1, 1)
    assert only(story.verdict(), "I1")


def test_i1_a_whole_attempt_may_not_vanish() -> None:
    story = Story()
    story.save(1, 1)
    assert {"I1", "I3", "I5"} == story.verdict(Record({}, CHAIN)).broken


def test_i2_a_value_that_nobody_sent_is_invented() -> None:
    story = Story()
    story.save(1, 1, "a")
    story.answers[1] = Held(1, "another", story.time)
    assert "I2" in story.verdict().broken


def test_i2_so_is_a_sequence_and_an_event_and_what_is_read() -> None:
    for change in (
        lambda s: s.answers.update({1: Held(7, "a", s.time)}),
        lambda s: s.events.append(Logged(TAB, 1, 8, "a", s.time, "late")),
        lambda s: s.events.append(Logged("tab-two-0002", 1, 1, "a", s.time, "taken")),
        lambda s: s.read({1: (9, "a")}),
    ):
        story = Story()
        story.save(1, 1, "a")
        change(story)
        assert "I2" in story.verdict().broken


def test_i2_what_was_never_answered_may_be_stored_or_not() -> None:
    story = Story()
    story.history.end(story.sent(1, 1, "a"), Outcome.INFO)
    assert story.verdict().green
    story.answers[1], story.events = Held(1, "a", story.time), [Logged(TAB, 1, 1, "a", story.time)]
    assert story.verdict().green


@pytest.mark.parametrize("copies", [0, 2])
def test_i3_an_acknowledged_save_is_logged_exactly_once(copies: int) -> None:
    story = Story()
    story.save(1, 1, "a")
    story.save(1, 2, "b")
    first, second = story.events
    story.events = [first] * copies + [second]
    assert only(story.verdict(), "I3")


def test_i3_an_event_that_was_refused_is_none_that_counts() -> None:
    story = Story()
    story.save(1, 1)
    story.events = [replace(event, refused="paused") for event in story.events]
    assert only(story.verdict(), "I3")


def test_i4_a_later_read_never_shows_less() -> None:
    story = Story()
    story.save(1, 1, "a")
    story.save(1, 2, "b")
    story.read({1: (1, "a")})
    assert only(story.verdict(), "I4")


def test_i4_an_acknowledgement_is_a_read() -> None:
    story = Story()
    story.save(1, 5, "e")
    story.save(1, 3, "c", held=3)
    assert only(story.verdict(), "I4")


def test_i4_two_reads_agree_on_the_order() -> None:
    story = Story()
    story.save(1, 1, "a")
    story.history.end(story.sent(1, 2, "b"), Outcome.INFO)
    story.answers[1] = Held(2, "b", story.time)
    story.events.append(Logged(TAB, 1, 2, "b", story.time))
    story.read({1: (2, "b")})
    assert story.verdict().green
    story.read({1: (1, "a")})
    assert only(story.verdict(), "I4")


def test_i4_a_read_that_began_before_the_acknowledgement_may_miss_it() -> None:
    story = Story()
    read = story.history.begin(Read(process="reader", attempt=ATTEMPT))
    story.save(1, 1, "a")
    story.history.end(read, Outcome.OK)
    assert story.verdict().green


# ---------------------------------------------------------------- I5 to I8


def test_i5_a_number_is_given_once() -> None:
    story = Story()
    twin = replace(story.attempt(), id="a-2", state="expired")
    assert only(story.verdict(Record({ATTEMPT: story.attempt(), "a-2": twin}, CHAIN)), "I5")
    second = replace(twin, number=2)
    assert story.verdict(Record({ATTEMPT: story.attempt(), "a-2": second}, CHAIN)).green


def test_i5_one_attempt_is_open_at_a_time() -> None:
    story = Story()
    second = replace(story.attempt(), id="a-2", number=2)
    assert only(story.verdict(Record({ATTEMPT: story.attempt(), "a-2": second}, CHAIN)), "I5")


def test_i5_everybody_who_asks_gets_the_same_receipt() -> None:
    story = whole()
    story.submit({1: 3, 2: 4})
    assert story.verdict().green
    story.submit({1: 3, 2: 4}, "another")
    assert only(story.verdict(), "I5")


@pytest.mark.parametrize("facts", [{"state": "open"}, {"receipt": "s", "proved": "s"}, {"proved": "s"}, {"seals": 2}])
def test_i5_the_receipt_is_what_the_rows_say(facts: dict[str, Any]) -> None:
    story = whole()
    story.facts |= facts
    assert "I5" in story.verdict().broken


def test_i6_an_event_after_deadline_and_grace_does_not_count() -> None:
    story = Story()
    story.save(1, 1)
    story.events = [replace(story.events[0], received_at=LATEST + 0.001)]
    assert only(story.verdict(), "I6")
    story.events = [replace(story.events[0], received_at=LATEST)]
    assert story.verdict().green


def test_i6_nor_does_what_is_stored_later() -> None:
    story = Story()
    story.save(1, 1)
    story.answers[1] = replace(story.answers[1], saved_at=LATEST + 5)
    assert only(story.verdict(), "I6")


def test_i6_a_server_that_backdates_is_found_by_the_history() -> None:
    story = Story(time=LATEST + 1)
    story.save(1, 1)
    story.events = [replace(story.events[0], received_at=LATEST)]
    story.answers[1] = replace(story.answers[1], saved_at=LATEST)
    assert only(story.verdict(), "I6")


def test_i7_nothing_is_accepted_after_the_receipt() -> None:
    story = whole()
    story.save(1, 20, "late")
    assert "I7" in story.verdict().broken


def test_i7_nothing_slips_in_unanswered_after_the_receipt() -> None:
    story = whole()
    story.history.end(story.sent(1, 20, "late"), Outcome.INFO)
    assert story.verdict().green
    story.answers[1] = Held(20, "late", story.time)
    story.events.append(Logged(TAB, 1, 20, "late", story.time))
    assert "I7" in story.verdict().broken


def test_i7_what_the_manifest_names_is_stored() -> None:
    story = Story()
    story.history.end(story.sent(1, 1, "a"), Outcome.INFO)
    story.submit({1: 1})
    assert only(story.verdict(), "I7")
    story.facts["state"] = "expired"  # time was up: then only what was acknowledged counts
    assert story.verdict().green


def test_i7_a_read_of_what_is_over_stays_true() -> None:
    story = Story()
    story.save(1, 1, "a")
    story.history.end(story.sent(1, 2, "b"), Outcome.INFO)
    story.submit({1: 1})
    story.read({1: (1, "a")}, over=True)
    assert story.verdict().green
    story.answers[1] = Held(2, "b", story.time)
    story.events.append(Logged(TAB, 1, 2, "b", story.time))
    assert only(story.verdict(), "I7")


@pytest.mark.parametrize(
    "change",
    [
        lambda record: replace(record, findings=["audit event 2 does not follow"]),
        lambda record: replace(record, chain=CHAIN[:2]),
        lambda record: replace(record, chain=("first", "forged", "third")),
    ],
)
def test_i8_the_chain_follows_and_only_grows(change: Callable[[Record], Record]) -> None:
    story = whole()
    assert only(story.verdict(change(story.record())), "I8")


def test_i8_no_head_that_was_seen_becomes_shorter() -> None:
    story = whole()
    story.history.heads.append(Head(1, "first"))
    assert only(story.verdict(), "I8")


# ---------------------------------------------------------------- properties

SENDS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 30), st.sampled_from(["ok", "unknown", "vanished"])),
                 max_size=40)


def told(sends: list[tuple[int, int, str]]) -> Story:
    """A good server and a bad network: each sequence has one value, whatever comes of it."""
    story, acknowledged = Story(), set()
    for question, seq, fate in sends:
        again = (question, seq) in acknowledged or any((e.question, e.seq) == (question, seq) for e in story.events)
        if fate == "ok":
            story.save(question, seq, f"{question}.{seq}", kept=not again)
            acknowledged.add((question, seq))
        else:
            op = story.sent(question, seq, f"{question}.{seq}")
            if fate == "unknown" and not again:
                story.events.append(Logged(TAB, question, seq, op.value, story.time))
                if seq > story.answers.get(question, Held(0, "", 0.0)).seq:
                    story.answers[question] = Held(seq, op.value, story.time)
            story.history.end(op, Outcome.INFO)
    return story


@given(SENDS)
def test_a_good_server_is_green_whatever_the_network_does(sends: list[tuple[int, int, str]]) -> None:
    assert told(sends).verdict().violations == []


@given(SENDS, st.data())
def test_whatever_acknowledged_answer_is_taken_away_is_missed(sends: list[tuple[int, int, str]], data: st.DataObject) -> None:
    story = told(sends)
    acknowledged = sorted({question for question, _seq, fate in sends if fate == "ok"})
    if acknowledged:
        del story.answers[data.draw(st.sampled_from(acknowledged))]
        assert "I1" in story.verdict().broken
