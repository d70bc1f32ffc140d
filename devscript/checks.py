"""What reads the code without running it, and what came out."""

import shutil

from devscript.running import BIN, PYTHON, note, run


def lint() -> list[tuple[str, int]]:
    """Name and exit status of each tool that reads the code without running it."""
    contracts = shutil.which("lint-imports", path=str(BIN)) or "lint-imports"
    tools: dict[str, list[object]] = {
        "ruff": [PYTHON, "-m", "ruff", "check", "."],
        "mypy": [PYTHON, "-m", "mypy"],
        "import contracts": [contracts],
    }
    results = []
    for name, command in tools.items():
        results.append((name, run(*command, quiet=True)))
        print(f"{name}: {'failed' if results[-1][1] else 'passed'}", flush=True)
    return results


NOT_CHECKED = 3


def scan(*names: str) -> list[tuple[str, int]]:
    """Name and exit status of scans for known faults. One that could not be made fails nothing, and says so aloud."""
    results = []
    for name in names:
        status = run(PYTHON, "-m", "tests.scans", name)
        if status == NOT_CHECKED:
            note(f"{name}: NOT CHECKED, which is no sign that all is well")
        else:
            print(f"{name} scan: {'failed' if status else 'passed'}", flush=True)
            results.append((f"{name} scan", status))
    return results


def first_failure(results: list[tuple[str, int]]) -> int:
    """The exit status of the first that failed, or 0; says which failed, and nothing if none did."""
    failed = [(name, status) for name, status in results if status]
    if not failed:
        return 0
    note(f"Failed: {', '.join(name for name, _ in failed)}")
    return failed[0][1]
