"""Classical statistics, against packages that know nothing of ours.

The reference is mirt 1.2.0 (`mirt.traditional`) and plain numpy on the raw answers of LSAT section 6 (Bock & Lieberman
1970), and on invented ones; to 1e-6. Ours sees sums alone, theirs every answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import mirt
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quizapp.analysis.rules.classical import (
    Asked,
    Sat,
    discrimination,
    form_statistics,
    item_rest,
    question_statistics,
    thirds,
)
from quizapp.analysis.rules.groups import Cuts, cuts
from tests.builders.sat import LSAT6, lsat6

CLOSE = 1e-6


def summed(papers: Sequence[Sequence[int]], marks: Sequence[int], form: int = 1) -> tuple[Sat, list[Asked]]:
    """What the database would say of these papers: marks in hundredths, per person and question."""
    sat = Sat(form, sum(marks), Counter(sum(paper) for paper in papers))
    sat.cuts = cuts(sat.scores)
    for score, people in sat.scores.items():
        sat.bands[sat.cuts.band(score)] += people
    asked = [Asked(form, n, most) for n, most in enumerate(marks, 1)]
    for paper in papers:
        total = sum(paper)
        for one, x in zip(asked, paper, strict=True):
            one.moments.add(x, x * x, x * total)
            one.got[sat.cuts.band(total)] += x
            one.answered[sat.cuts.band(total)] += 1
    return sat, asked


def hundreds(papers: Sequence[Sequence[int]]) -> list[list[int]]:
    return [[100 * x for x in paper] for paper in papers]


def test_the_published_data_is_whole():
    assert sum(LSAT6.values()) == 1000
    # the shares of right answers that Bock and Lieberman print
    assert np.array(lsat6()).mean(axis=0) == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870], abs=1e-9)


def test_published_data_agrees_with_the_reference():
    papers = lsat6()
    reference = mirt.traditional(np.array(papers))
    sat, asked = summed(hundreds(papers), [100] * 5)
    form = form_statistics(sat, asked)
    assert form.alpha == pytest.approx(reference.alpha, abs=CLOSE)
    assert form.alpha == pytest.approx(0.2950, abs=5e-5)  # as the R package ltm prints it for the same data
    assert form.is_kr20
    assert form.sd == pytest.approx(reference.sd_score, abs=CLOSE)
    assert form.sem == pytest.approx(reference.sd_score * np.sqrt(1 - reference.alpha), abs=CLOSE)
    for n, one in enumerate(asked):
        found = question_statistics([one], {1: sat})
        assert found.facility == pytest.approx(reference.difficulty[n], abs=CLOSE)
        assert found.item_rest == pytest.approx(reference.discrimination[n], abs=CLOSE)


@st.composite
def partial_papers(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    marks = draw(st.lists(st.integers(1, 1000), min_size=2, max_size=6))
    people = draw(st.integers(4, 40))
    return [[draw(st.integers(0, most)) for most in marks] for _n in range(people)], marks


@settings(max_examples=25, deadline=None)
@given(partial_papers())
def test_partial_marks_agree_with_numpy(case):
    papers, marks = case
    x = np.array(papers, dtype=float)
    total = x.sum(axis=1)
    assume(total.var() > 0)
    sat, asked = summed(papers, marks)
    form = form_statistics(sat, asked)
    covariance = np.cov(x, rowvar=False)
    alpha = len(marks) / (len(marks) - 1) * (1 - np.trace(covariance) / covariance.sum())
    assert form.alpha == pytest.approx(alpha, abs=CLOSE)
    assert form.sd == pytest.approx(total.std(ddof=1) / 100, abs=CLOSE)
    for n, one in enumerate(asked):
        rest = total - x[:, n]
        if x[:, n].var() > 0 and rest.var() > 1e-9:
            assert item_rest([one], {1: sat}) == pytest.approx(np.corrcoef(x[:, n], rest)[0, 1], abs=CLOSE)
        else:
            assert item_rest([one], {1: sat}) is None


@settings(max_examples=25, deadline=None)
@given(partial_papers(), st.integers(0, 400))
def test_a_question_on_two_forms_counts_within_each(case, easier):
    """Pooled within forms: a form on which everybody got more marks moves nothing."""
    papers, marks = case
    # each form has one question more, which gives everybody on it the same
    sat, asked = summed([[*paper, 0] for paper in papers], [*marks, 400])
    assume(item_rest([asked[0]], {1: sat}) is not None)
    other, twin = summed([[*paper, easier] for paper in papers], [*marks, 400], form=2)
    forms = {1: sat, 2: other}
    together = item_rest([asked[0], twin[0]], forms)
    assert together == pytest.approx(item_rest([asked[0]], forms), abs=1e-9)


def by_hand(papers: np.ndarray, n: int, marks: int) -> float | None:
    """Kelley's index the slow way: sort, take everybody at or beyond the score of the 27th in a hundred."""
    total = papers.sum(axis=1)
    order = np.sort(total)
    wanted = int(np.ceil(0.27 * len(total) - 1e-9))
    low, high = order[wanted - 1], order[::-1][wanted - 1]
    if low >= high:
        return None
    return float(papers[total >= high, n].mean() - papers[total <= low, n].mean()) / marks


@settings(max_examples=25, deadline=None)
@given(partial_papers())
def test_discrimination_agrees_with_sorting(case):
    papers, marks = case
    sat, asked = summed(papers, marks)
    for n, one in enumerate(asked):
        expected = by_hand(np.array(papers), n, marks[n])
        found = discrimination([one], {1: sat})
        assert found is None if expected is None else found == pytest.approx(expected, abs=CLOSE)


@given(st.dictionaries(st.integers(0, 50), st.integers(1, 30), min_size=1))
def test_groups_hold_at_least_their_share_and_no_more_than_ties_ask(scores):
    people = sum(scores.values())
    found = cuts(scores)
    for share, low, high in ((0.27, found.low, found.high), (1 / 3, found.low_third, found.high_third)):
        below = sum(n for score, n in scores.items() if score <= low)
        above = sum(n for score, n in scores.items() if score >= high)
        assert below >= share * people - 1e-6
        assert below - scores[low] < share * people
        assert above >= share * people - 1e-6
        assert above - scores[high] < share * people
    assert found.low <= found.low_third
    assert found.high_third <= found.high


def test_nothing_is_said_where_nothing_can_be():
    sat, asked = summed([[100, 100]] * 5, [100, 100])
    found = form_statistics(sat, asked)
    assert (found.alpha, found.sem, found.sd) == (None, None, 0)
    one = question_statistics([asked[0]], {1: sat})
    assert (one.facility, one.discrimination, one.item_rest, one.groups) == (1.0, None, None, ())
    sat, asked = summed([[100]], [100])
    assert form_statistics(sat, asked).sd is None
    assert item_rest(asked, {1: sat}) is None  # there is no rest


def test_bands_where_groups_overlap():
    alike = Cuts(5, 5, 5, 5)
    assert not alike.extremes
    assert not alike.thirds
    assert [alike.band(score) for score in (4, 5, 6)] == [0, 0, 4]


def test_choices_by_third():
    papers = [[100 * (n >= 6), 100 * (n >= 3)] for n in range(9)]
    sat, asked = summed(papers, [100, 100])
    asked[0].choices.update({(0, "B"): 3, (2, "B"): 2, (2, "C"): 1, (4, "A"): 3})
    worst, middle, best = thirds([asked[0]], {1: sat})
    assert (worst.people, middle.people, best.people) == (3, 3, 3)
    assert worst.choices == {"A": 0.0, "B": 1.0, "C": 0.0}
    assert best.choices["A"] == 1.0
    assert middle.choices["C"] == pytest.approx(1 / 3)
