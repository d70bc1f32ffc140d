"""What the scanners find, and what of it nobody has excused in writing."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXCUSES = ROOT / "docs" / "security" / "excuses.yaml"
# content, locks and what others wrote, where long numbers are fingerprints
LEFT_OUT = ("question_bank/", "requirements", "docs/images/", "migrations/versions/", "quizapp/ui/static/vendor/")
TEXT = frozenset({".py", ".js", ".html", ".css", ".md", ".yaml", ".yml", ".toml", ".conf", ".ini", ".service", ".txt", ".cfg", ""})
WAIT = 120  # seconds


class NotChecked(Exception):
    """The scan could not be made; says why."""


@dataclass(frozen=True, order=True)
class Finding:
    """`rule`: of the scanner; `place`: a file, or a package."""

    rule: str
    place: str
    said: str


def code() -> list[Finding]:
    """Bandit over everything that runs, at every level."""
    out = _said("bandit", "-q", "-f", "json", "-r", "quizapp", "devscript", "dev.py")
    return [Finding(one["test_id"], one["filename"].removeprefix("./"), f"line {one['line_number']}: {one['issue_text']}")
            for one in json.loads(out)["results"]]


def secrets() -> list[Finding]:
    """Keys, tokens and passwords in the files of the repository. In tests, invented passwords are none."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    found = []
    with default_settings():
        for name in tracked():
            for one in scan_file(str(ROOT / name)):
                if not (name.startswith("tests/") and one.type == "Secret Keyword"):
                    found.append(Finding(one.type, name, f"line {one.line_number}"))
    return found


def tracked() -> list[str]:
    """The text files of the repository that are scanned."""
    names = _said("git", "ls-files", "--cached", "--others", "--exclude-standard", program=True).splitlines()
    return [name for name in names
            if not name.startswith(LEFT_OUT) and Path(name).suffix in TEXT and (ROOT / name).is_file()]


def packages() -> list[Finding]:
    """Known faults of the locked packages. Raises NotChecked where no service for them answers."""
    done = _run(sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json",
                "-r", str(ROOT / "requirements.txt"))
    try:
        listed = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise NotChecked(f"no vulnerability service answered ({last[:120]})") from None
    # a mirror that has the packages but not what is known of them answers so, and the tool calls that green
    if skipped := [one["name"] for one in listed if "skip_reason" in one]:
        raise NotChecked(f"the package index knows nothing of faults in {len(skipped)} of {len(listed)} packages")
    return [Finding(fault["id"], one["name"], f"{one['version']}, mended in {', '.join(fault['fix_versions']) or 'no version'}")
            for one in listed for fault in one.get("vulns", ())]


def unexcused(name: str, found: list[Finding]) -> list[str]:
    """A line for each finding without an excuse, and for each excuse without a finding or out of its time."""
    written: list[dict[str, Any]] = yaml.safe_load(EXCUSES.read_text(encoding="utf-8"))[name] or []
    used: set[int] = set()
    faults = []
    for one in sorted(found):
        fitting = [number for number, excuse in enumerate(written) if _fits(excuse, one)]
        used.update(fitting)
        if not fitting:
            faults.append(f"{one.place}: {one.rule}, {one.said}")
    for number, excuse in enumerate(written):
        if not str(excuse.get("reason", "")).strip():
            faults.append(f"an excuse without a reason: {excuse}")
        if number not in used:
            faults.append(f"an excuse for what is no longer there: {excuse}")
        if excuse.get("until") and excuse["until"] < date.today():  # noqa: DTZ011 - a day of the calendar, wherever one is
            faults.append(f"an excuse that has run out: {excuse}")
    return faults


def _fits(excuse: dict[str, Any], one: Finding) -> bool:
    place = str(excuse.get("file") or excuse.get("package"))
    rule = excuse.get("rule") or excuse.get("kind") or excuse.get("id")
    return rule == one.rule and (place == one.place or (place.endswith("/") and one.place.startswith(place)))


def _said(tool: str, *words: str, program: bool = False) -> str:
    done = _run(*((tool,) if program else (sys.executable, "-m", tool)), *words)
    if done.returncode not in (0, 1):
        raise NotChecked(f"{tool} ended with {done.returncode}: {done.stderr.strip()[:200]}")
    return done.stdout


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=WAIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotChecked(f"{words[0]}: {error}") from None
