"""Who an exam is for, as a pure rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quizapp.exams.rules import Audience

IDS = st.integers(1, 30)
WORDS = st.sampled_from(["", "县处级", "乡科级正职", "乡科级副职"])
PATHS = st.lists(IDS, min_size=1, max_size=4, unique=True).map(lambda steps: f"/{'/'.join(map(str, steps))}/")
AUDIENCES = st.builds(Audience, st.lists(IDS, max_size=3).map(tuple), st.lists(IDS, max_size=2).map(tuple), st.lists(WORDS, max_size=2).map(tuple),
                      st.lists(WORDS, max_size=2).map(tuple))


@given(AUDIENCES)
def test_what_is_kept_comes_back_and_only_nothing_means_everybody(audience):
    assert Audience.kept(audience.lists()) == audience
    assert audience.everybody == (audience.lists() == {})


def steps(path):
    return {int(step) for step in path.split("/") if step}


@given(AUDIENCES, PATHS, WORDS, WORDS, st.just("") | PATHS)
def test_one_place_of_either_tree_and_each_other_list_that_names_something_have_to_fit(audience, path, rank, post_type, branch):
    here = bool(steps(path) & set(audience.units) or steps(branch) & set(audience.party))
    asked = [(audience.units + audience.party, here), (audience.ranks, rank in audience.ranks),
             (audience.post_types, post_type in audience.post_types)]
    assert audience.takes(path, rank, post_type, branch) == all(fits for chosen, fits in asked if chosen)


def test_a_unit_is_not_taken_for_one_whose_number_begins_alike():
    assert not Audience(units=(1,)).takes("/11/12/", "", "")
    assert Audience(units=(1,)).takes("/1/12/", "", "")
