"""The register of laws as files: question_bank/laws.yaml and fingerprints.txt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quizapp.kernel.errors import FileError
from quizapp.statutes.rules.register import (
    Fingerprints,
    RegisteredLaw,
    read_fingerprints,
    register_digest,
    registered_laws,
)

LAWS, FINGERPRINTS = "laws.yaml", "fingerprints.txt"
Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Register:
    """`digest` tells whether anything changed since it was taken over last."""

    laws: list[RegisteredLaw]
    fingerprints: Fingerprints
    digest: str


def read_register(folder: Path) -> Register:
    """The register of a bank folder; fingerprints may be absent. Raises FileError with the file, and the line of a
    fingerprint or of broken YAML."""
    marks = folder / FINGERPRINTS
    facts = (folder / LAWS).read_bytes() if (folder / LAWS).exists() else b""
    prints = marks.read_bytes() if marks.exists() else b""
    try:
        fingerprints = read_fingerprints(prints.decode())
    except UnicodeDecodeError as error:
        raise FileError("%(file)s 不是 UTF-8 编码，请另存为 UTF-8", file=FINGERPRINTS) from error
    laws = registered_laws(read_list(folder / LAWS, "name"), fingerprints)
    return Register(laws, fingerprints, register_digest([facts, prints]))


def read_list(path: Path, identity: str) -> list[dict[str, Any]]:
    """A YAML file that is a list of mappings, each with at least the field `identity`. Raises FileError."""
    if not path.exists():
        raise FileError("找不到 %(file)s，请检查题库文件夹", file=str(path))
    try:
        # Loader is a safe loader: plain values only
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506
    except UnicodeError as error:
        raise FileError("%(file)s 不是 UTF-8 编码，请另存为 UTF-8", file=path.name) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise FileError("%(file)s 第 %(line)s 行不是正确的 YAML，请检查缩进和引号", file=path.name, line=line) from error
    if not isinstance(content, list):
        raise FileError("%(file)s 应当是一个列表", file=path.name)
    for number, entry in enumerate(content, 1):
        if not isinstance(entry, dict) or not entry.get(identity):
            raise FileError("%(file)s 的第 %(n)s 项缺少“%(field)s”", file=path.name, n=number, field=identity)
    return content
