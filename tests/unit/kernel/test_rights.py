"""One function decides every right: what it asks, in which order, and that nothing is granted by leaving something out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from quizapp.kernel.rights import ALL_UNITS, Right, Somebody, Target, authorise, reaches, unit_at, why_not
from quizapp.kernel.roles import Role

EVERYTHING = Right(
    roles=frozenset({Role.LIAISON}), no_role="no role", hidden="hidden", own="own",
    above=lambda _own, theirs: "above" if theirs else "", states={"closed": "closed"},
)
ME = Somebody(7, frozenset({Role.LIAISON}), ("/1/2/",))
THERE = Target("/1/2/3/", [8])
paths = st.lists(st.integers(1, 30), min_size=1, max_size=4).map(lambda parts: "/" + "".join(f"{one}/" for one in parts))


def test_everything_in_order_is_allowed() -> None:
    authorise(ME, EVERYTHING, THERE)
    assert why_not(ME, EVERYTHING, THERE) == ""


@pytest.mark.parametrize(("actor", "target", "error", "sentence"), [
    (Somebody(7, frozenset({Role.EDITOR}), ("/1/2/",)), THERE, ForbiddenError, "no role"),
    (ME, Target("/1/3/", [8]), NotFoundError, "hidden"),
    (ME, Target("", [8]), NotFoundError, "hidden"),
    (ME, Target("/1/2/3/", [None, 7]), ForbiddenError, "own"),
    (ME, Target("/1/2/3/", [8], [Role.AUDITOR]), ForbiddenError, "above"),
    (ME, Target("/1/2/3/", [8], state="closed"), ConflictError, "closed"),
])
def test_each_part_refuses_by_itself(actor: Somebody, target: Target, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=f"^{sentence}$"):
        authorise(actor, EVERYTHING, target)
    assert why_not(actor, EVERYTHING, target) == sentence


def test_out_of_reach_nothing_else_is_told() -> None:
    """Neither the roles nor the state of what one may not know of, nor that it is one's own."""
    assert why_not(ME, EVERYTHING, Target("/9/", [7], [Role.AUDITOR], "closed")) == "hidden"


@given(paths, paths)
def test_reach_goes_down_the_tree_and_nowhere_else(own: str, path: str) -> None:
    inside = path.split("/")[:own.count("/")] == own.split("/")[:-1]
    assert reaches([own], path) == inside
    assert reaches([ALL_UNITS], path)
    assert not reaches([], path)


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Role), min_size=1))
def test_a_role_is_held_or_it_is_not(held: set[Role], asked: set[Role]) -> None:
    allowed = not why_not(Somebody(1, frozenset(held)), Right(roles=frozenset(asked)))
    assert allowed == any(role in held for role in asked)


def test_a_path_ends_in_the_number_of_its_unit() -> None:
    assert [unit_at(path) for path in ("/1/4/", "/4/", ALL_UNITS, "")] == [4, 4, 0, 0]
