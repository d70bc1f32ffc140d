"""Whose form is which."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.papers.rules.choosing import FormItems, choose_forms

ITEMS = st.frozensets(st.integers(0, 30), max_size=8)
FORMS = st.lists(ITEMS, min_size=1, max_size=6).map(lambda sets: [FormItems(n, items) for n, items in enumerate(sets)])
PEOPLE = st.lists(st.integers(1, 999), unique=True, max_size=25)


@given(FORMS, PEOPLE, st.integers(1, 8), st.dictionaries(st.integers(1, 999), ITEMS), st.integers(0, 99))
def test_everybody_gets_every_attempt_and_no_form_again_while_another_is_free(forms, people, attempts, seen, seed):
    chosen = choose_forms(forms, people, attempts, seen, seed)
    assert chosen.keys() == set(people)
    for given_forms in chosen.values():
        assert len(given_forms) == attempts
        times = Counter(given_forms)
        assert max(times.values()) - min(times[form.form_id] for form in forms) <= 1


@given(FORMS, PEOPLE, st.dictionaries(st.integers(1, 999), ITEMS), st.integers(0, 99))
def test_the_first_attempts_are_spread_evenly_whatever_people_have_seen(forms, people, seen, seed):
    loads = Counter(chosen[0] for chosen in choose_forms(forms, people, 1, seen, seed).values())
    assert max(loads.values(), default=0) - min(loads[form.form_id] for form in forms) <= 1


@given(FORMS, PEOPLE, st.integers(1, 4), st.dictionaries(st.integers(1, 999), ITEMS), st.integers(0, 99),
       st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_forms_in_whatever_order_people_come(forms, people, attempts, seen, seed, chance):
    first = choose_forms(forms, people, attempts, seen, seed)
    mixed = list(people)
    chance.shuffle(mixed)
    assert choose_forms(forms, mixed, attempts, seen, seed) == first


@given(FORMS, ITEMS, st.integers(0, 99))
def test_somebody_alone_gets_the_form_of_which_they_know_least(forms, known, seed):
    chosen = choose_forms(forms, [7], 1, {7: known}, seed)[7][0]
    assert len(forms[chosen].items & known) == min(len(form.items & known) for form in forms)


def test_the_paper_of_the_first_attempt_counts_as_seen_for_the_second():
    forms = [FormItems(1, frozenset({1, 2, 3})), FormItems(2, frozenset({1, 2, 4})), FormItems(3, frozenset({7, 8, 9}))]
    # of the second form one item is known and of the third two, until the first has shown two more of the second
    assert choose_forms(forms, [5], 3, {5: frozenset({4, 7, 8})}, 1)[5] == [1, 3, 2]


def test_who_has_most_to_lose_chooses_first():
    forms = [FormItems(1, frozenset(range(10))), FormItems(2, frozenset(range(10, 20)))]
    seen = {1: frozenset({0}), 2: frozenset(range(10))}
    assert choose_forms(forms, [1, 2], 1, seen, 3) == {1: [1], 2: [2]}


def test_different_seeds_differ():
    forms = [FormItems(n, frozenset()) for n in range(5)]
    assert len({tuple(map(tuple, choose_forms(forms, range(20), 2, {}, seed).values())) for seed in range(5)}) == 5


def test_without_forms_there_is_nothing_to_choose():
    with pytest.raises(ValueError, match="no form"):
        choose_forms([], [1], 1, {}, 1)
