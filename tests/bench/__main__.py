"""`make bench`: the figures that the product promises, measured in one run and printed as a table.

`make bench ARGS="wide regrade"` measures these parts alone. Every row names its goal. Nothing fails here: a figure that
falls short is printed as falling short.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import date

from tests.bench import bank, demo, filings, forms, items, laws, pages, reader, regrade, roster, wide
from tests.bench.figures import Figure, processor

PARTS = {part.__name__.rpartition(".")[2]: part
         for part in (bank, forms, items, laws, reader, roster, pages, wide, filings, regrade, demo)}


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"No such part: {', '.join(unknown)}. Parts are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for part in [PARTS[name] for name in wanted] or PARTS.values():
        figures += part.measure()
    print(f"\n{date.today():%Y-%m-%d} · {processor()} · {os.cpu_count()} cores · Python {platform.python_version()}")  # noqa: DTZ011
    width = max(len(figure.name) for figure in figures)
    print(f"{'figure':{width}}  {'measured':>12}  {'goal':>12}  ")
    for figure in figures:
        print(f"{figure.name:{width}}  {figure.shown:>12}  {figure.goal_shown:>12}  {figure.verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
