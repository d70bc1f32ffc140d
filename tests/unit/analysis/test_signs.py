"""Response times, signs of a leak, item response theory, the chart: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.analysis.calibration import calibrate
from quizapp.analysis.rules import charts
from quizapp.analysis.rules.classical import Asked, Sat
from quizapp.analysis.rules.irt import Estimate, model_for, pooled
from quizapp.analysis.rules.leaks import quick, rise, since, slice_starts
from quizapp.analysis.rules.timing import PAUSE, Saved, times
from tests.builders.sat import lsat6

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


# ---------------------------------------------------------------- times

def test_from_the_save_before_to_the_first_answer():
    saves = [Saved(at(30), 1, True), Saved(at(31), 2, False), Saved(at(50), 2, True), Saved(at(70), 1, True), Saved(at(75), 3, True)]
    assert times(START, saves) == {1: 30, 2: 19, 3: 5}


def test_what_came_together_tells_nothing_and_neither_does_a_pause():
    assert times(START, [Saved(at(40), 1, True), Saved(at(40), 2, True), Saved(at(60), 3, True)]) == {3: 20}
    assert times(START, [Saved(at(PAUSE + 1), 1, True)]) == {}
    assert times(START, []) == {}


@given(st.lists(st.tuples(st.floats(0, 5000), st.integers(1, 9), st.booleans()), max_size=30))
def test_times_are_never_negative_nor_longer_than_the_sitting(rows):
    saves = [Saved(at(seconds), position, answered) for seconds, position, answered in rows]
    found = times(START, saves)
    assert sum(found.values()) <= max((seconds for seconds, _p, _a in rows), default=0) + 1e-3
    assert set(found) <= {position for _s, position, answered in rows if answered}
    assert all(taken >= 0 for taken in found.values())


# ---------------------------------------------------------------- leaks

def exam(before: float, after: float, paper: tuple[float, float], people: int = 100) -> tuple[list[Asked], dict[int, Sat]]:
    """One form of 1,000 (hundredths), two slices of equally many people."""
    sat = Sat(1, 1000)
    sat.slices.update({0: people, 1: people})
    sat.slice_marks.update({0: round(paper[0] * 1000 * people), 1: round(paper[1] * 1000 * people)})
    one = Asked(1, 1, 100)
    one.by_slice.update({0: round(before * 100 * people), 1: round(after * 100 * people)})
    return [one], {1: sat}


def test_a_question_that_becomes_easy_overnight():
    note = rise(*exam(0.4, 0.9, (0.6, 0.62)), slices=2)
    assert note is not None
    assert (note.before, note.after, note.at, note.people) == (0.4, 0.9, 1, 100)
    assert note.paper == pytest.approx(0.02)


@pytest.mark.parametrize("case", [
    exam(0.4, 0.5, (0.6, 0.6)),  # too little
    exam(0.4, 0.9, (0.4, 0.9)),  # the whole paper rose as much: the strong came late
    exam(0.4, 0.9, (0.6, 0.6), people=20),  # too few to say
    exam(0.9, 0.4, (0.6, 0.6)),  # harder
])
def test_what_is_no_sign(case):
    assert rise(*case, slices=2) is None


def test_easier_than_last_time():
    assert since(0.9, 200, 0.5, 200, 7).at == 7
    assert since(0.9, 20, 0.5, 200, 7) is None
    assert since(0.6, 200, 0.5, 200, 7) is None


def test_right_before_one_can_read():
    assert quick(100, 12).people == 12
    assert quick(100, 9) is None
    assert quick(1000, 50) is None


def test_slices_are_days_or_parts_of_one():
    week = slice_starts(START, START + timedelta(days=7), SHANGHAI)
    assert week[0] == START
    assert [moment.astimezone(SHANGHAI).hour for moment in week[1:]] == [0] * (len(week) - 1)
    assert len(week) <= 8
    morning = slice_starts(START, START + timedelta(hours=4), SHANGHAI)
    assert morning == [START + timedelta(hours=n) for n in range(4)]
    assert len(slice_starts(START, START + timedelta(days=90), SHANGHAI)) <= 8


# ---------------------------------------------------------------- item response theory

GIRTH = {
    "2pl": ([-3.3587, -1.3701, -0.2797, -1.8664, -3.1259], [0.8257, 0.7228, 0.8908, 0.6884, 0.6569]),
    "rasch": ([-3.6152, -1.3224, -0.3176, -1.7301, -2.7801], [0.7552] * 5),
}
"""Locations and slopes of LSAT section 6 by girth 0.8.0 (`twopl_mml`, `onepl_mml`), another program by other people, run
once; the R package ltm publishes the same to three decimals."""


@pytest.mark.parametrize("model", GIRTH)
def test_estimates_agree_with_another_program(model: str):
    found = calibrate(lsat6(), model)
    places, slopes = GIRTH[model]
    assert [one.location for one in found] == pytest.approx(places, abs=0.01)
    assert [one.slope for one in found] == pytest.approx(slopes, abs=0.005)


def papers(people: int, questions: int) -> tuple[list[list[int]], np.ndarray, np.ndarray]:
    chance = np.random.default_rng(2)
    slopes, places = chance.lognormal(0, 0.3, questions), chance.normal(0, 1, questions)
    ability = chance.normal(size=people)
    right = chance.random((people, questions)) < 1 / (1 + np.exp(-slopes * (ability[:, None] - places)))
    return right.astype(int).tolist(), slopes, places


def test_parameters_come_back_out_of_invented_answers():
    answers, slopes, places = papers(1500, 20)
    found = calibrate(answers)
    assert {one.model for one in found} == {"2pl"}
    assert np.corrcoef(places, [one.location for one in found])[0, 1] > 0.98
    assert np.corrcoef(slopes, [one.slope for one in found])[0, 1] > 0.8
    assert [one.expected for one in found] == pytest.approx(np.array(answers).mean(axis=0), abs=0.03)


def test_fewer_people_have_equal_slopes_or_nothing():
    answers, _slopes, places = papers(250, 8)
    for paper in answers:
        paper[3] = 1  # what everybody knows has no estimate
    found = calibrate(answers)
    assert found[3] is None
    told = [one for one in found if one is not None]
    assert len(told) == 7
    assert {one.model for one in told} == {"rasch"}
    assert max(one.slope for one in told) - min(one.slope for one in told) < 1e-6
    assert np.corrcoef(np.delete(places, 3), [one.location for one in told])[0, 1] > 0.95
    assert calibrate(answers[:199]) == [None] * 8
    assert calibrate([]) == []


@given(st.integers(0, 5000))
def test_the_model_by_the_number_of_answers(people):
    assert model_for(people) == ("" if people < 200 else "rasch" if people < 500 else "2pl")


@settings(max_examples=50)
@given(st.floats(0.1, 4), st.floats(-4, 4), st.floats(0.01, 1))
def test_the_harder_the_fewer_are_expected_to_be_right(slope, place, more):
    easy, hard = Estimate("2pl", slope, place, 500), Estimate("2pl", slope, place + more, 500)
    assert 0 < hard.expected < easy.expected < 1
    assert Estimate("2pl", slope, 0, 500).expected == pytest.approx(0.5, abs=1e-6)


def test_forms_weigh_by_their_people_and_failures_not_at_all():
    sound = [Estimate("2pl", 1.0, 0.0, 600), Estimate("rasch", 2.0, 1.0, 200)]
    together = pooled([*sound, Estimate("2pl", 1.0, 40.0, 9000)])
    assert together == Estimate("rasch", 1.25, 0.25, 800)
    assert pooled([Estimate("2pl", 0.001, 0.0, 900)]) is None


# ---------------------------------------------------------------- the chart

@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=6))
def test_labels_never_lie_over_each_other(rows):
    drawn = charts.plot([(chr(65 + n), row, n == 0) for n, row in enumerate(rows)])
    heights = sorted(line.label_y for line in drawn.lines)
    assert all(b - a >= charts.APART - 0.2 for a, b in pairwise(heights))
    assert all(charts.TOP <= y <= charts.BOTTOM for line in drawn.lines for y in (line.label_y, *(y for _x, y in line.points)))
