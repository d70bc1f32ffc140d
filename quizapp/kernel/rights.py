"""Where every right is decided: who does what, on what, of which unit, in which state.

A feature writes down among its rules what an act asks (`Right`), and hands in what it is on (`Target`). Opening a route is
an act without an object: `access.enforce` asks here as well. Lists never bring in what would be refused: their queries
take the actor's scope. Saving and handing in ask in the statement that writes, which names the candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from quizapp.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from quizapp.kernel.roles import Role

ALL_UNITS = "/"
NO_ROLE = "你的账号没有打开这个页面的权限；需要的话，请联系本单位联络员"


class Actor(Protocol):
    """Who acts. `scope`: the paths of the units that they may see."""

    @property
    def id(self) -> int: ...
    @property
    def roles(self) -> frozenset[Role]: ...
    @property
    def scope(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who acts, where a service knows the number alone: the route has asked for role and reach before."""

    id: int
    roles: frozenset[Role] = frozenset()
    scope: tuple[str, ...] = (ALL_UNITS,)


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is on, as far as a right depends on it: the path of its unit ("" where it is in none any more), whose it
    is, which roles these people hold, and its state."""

    unit: str = ""
    people: Collection[int | None] = ()
    roles: Collection[Role] = ()
    state: str = ""


@dataclass(frozen=True, slots=True)
class Right:
    """What an act asks, with the sentences that refuse it. An empty one asks nothing.

    `roles`: one of these, or none for everybody signed in; `no_role` says so. `hidden`: the target has to lie within
    reach, and is said not to be there otherwise. `own`: nobody does this about themselves. `above`: own roles against
    those of whom it is about, answering with a sentence or "". `states`: those in which it is refused.
    """

    roles: frozenset[Role] = frozenset()
    no_role: str = NO_ROLE
    hidden: str = ""
    own: str = ""
    above: Callable[[Collection[Role], Collection[Role]], str] | None = None
    states: Mapping[str, str] = field(default_factory=dict)


NOTHING = Target()


def unit_at(path: str) -> int:
    """The number of the unit at this path: 4 of `/1/4/`; 0 of the path of everything."""
    last = path.strip("/").rpartition("/")[2]
    return int(last) if last.isdigit() else 0


def reaches(scope: Collection[str], path: str) -> bool:
    """Whether the unit at this path lies within the scope. What is in no unit any more is for who sees the whole agency."""
    return ALL_UNITS in scope or (bool(path) and any(path.startswith(own) for own in scope))


def authorise(actor: Actor, right: Right, target: Target = NOTHING) -> None:
    """Nothing, if the act is allowed.

    Raises NotFoundError out of reach, before anything that could tell that the target is there; ForbiddenError without the
    right; ConflictError in a state that does not allow it.
    """
    if right.roles and not actor.roles & right.roles:
        raise ForbiddenError(right.no_role)
    if right.hidden and not reaches(actor.scope, target.unit):
        raise NotFoundError(right.hidden)
    if right.own and actor.id in target.people:
        raise ForbiddenError(right.own)
    if right.above is not None and (refusal := right.above(actor.roles, target.roles)):
        raise ForbiddenError(refusal)
    if target.state in right.states:
        raise ConflictError(right.states[target.state])


def why_not(actor: Actor, right: Right, target: Target = NOTHING) -> str:
    """The sentence that `authorise` would refuse with, untranslated; "" where the act is allowed."""
    try:
        authorise(actor, right, target)
    except (ForbiddenError, NotFoundError, ConflictError) as error:
        return error.message
    return ""
