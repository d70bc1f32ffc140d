"""A mixed integer program, collected piece by piece and handed to the solver (HiGHS, through scipy)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

SECONDS = 60.0  # no answer depends on it unless the machine has come to a stand


@dataclass
class Effort:
    """How many more nodes of the search tree may be looked at. Counted in nodes rather than seconds, so that the
    same question gets the same answer on a slow machine."""

    nodes: int


@dataclass(frozen=True)
class Outcome:
    """`values` by column, or None; `proved` whether there is provably nothing to be found."""

    values: list[float] | None
    proved: bool


@dataclass
class Program:
    """Minimise the costs of the columns under rows `low <= sum of coefficient x column <= high`."""

    costs: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    row_lows: list[float] = field(default_factory=list)
    row_highs: list[float] = field(default_factory=list)

    def column(self, cost: float = 0.0, high: float = inf, *, whole: bool = False) -> int:
        """A variable from 0 to `high`; returns its number."""
        self.costs.append(cost)
        self.highs.append(high)
        self.whole.append(int(whole))
        return len(self.costs) - 1

    def row(self, terms: Iterable[tuple[int, float]], low: float = -inf, high: float = inf) -> None:
        number = len(self.row_lows)
        self.entries += [(number, column, coefficient) for column, coefficient in terms]
        self.row_lows.append(low)
        self.row_highs.append(high)

    def solve(self, effort: Effort, *, nodes: int, gap: float = 1e-4) -> Outcome:
        """The cheapest values, or the best that were found before the nodes ran out. `gap`: relative."""
        # half a second and 70 MB that neither the pages nor the commands should pay for
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        rows, columns, coefficients = (np.array(part) for part in zip(*self.entries, strict=True))
        shape = (len(self.row_lows), len(self.costs))
        matrix = coo_array((coefficients.astype(float), (rows, columns)), shape=shape).tocsr()
        result = milp(
            np.array(self.costs), integrality=np.array(self.whole), bounds=Bounds(0, np.array(self.highs)),
            constraints=LinearConstraint(matrix, np.array(self.row_lows), np.array(self.row_highs)),
            options={"node_limit": max(1, min(nodes, effort.nodes)), "mip_rel_gap": gap, "time_limit": SECONDS},
        )
        effort.nodes -= int(result.mip_node_count or 0)
        return Outcome(None if result.x is None else list(result.x), proved=result.status == 2)
