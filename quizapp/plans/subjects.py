"""The subjects that reports are searched for: question_bank/subjects.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from quizapp.kernel.errors import FileError


@dataclass(frozen=True, slots=True)
class KnownSubject:
    """`terms` are the words by which a report names the subject."""

    code: str
    name: str
    name_en: str
    terms: tuple[str, ...]


def known_subjects(bank_path: Path) -> tuple[KnownSubject, ...]:
    """The subjects of the bank's files in their order; none where there is no such file. Raises FileError."""
    path = bank_path / "subjects.yaml"
    try:
        return _load(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return ()
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise FileError("科目表 %(file)s 的格式不对，请先运行 quizapp bank check", file=path.name) from error


@cache
def _load(path: Path, _changed: int) -> tuple[KnownSubject, ...]:
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return tuple(
        KnownSubject(entry["id"], entry["name"], entry["name_en"], tuple(entry["terms"])) for entry in entries
    )
