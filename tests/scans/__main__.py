"""`python -m tests.scans code|secrets|packages`: 0 nothing found but what is excused, 1 something, 3 not checked."""

from __future__ import annotations

import sys

from tests.scans.scanning import NotChecked, code, packages, secrets, unexcused

NOT_CHECKED = 3


def main(name: str) -> int:
    try:
        found = {"code": code, "secrets": secrets, "packages": packages}[name]()
    except NotChecked as why:
        print(f"NOT CHECKED: {why}")
        return NOT_CHECKED
    faults = unexcused(name, found)
    print("\n".join(faults) or f"{name}: nothing but what is excused in writing")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
