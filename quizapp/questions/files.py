"""The bank as files: subjects, the register of laws, and the topic files, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quizapp.kernel.errors import FileError
from quizapp.questions.rules.checks import check_bank
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.reading import ParsedTopic, SourceItem, parse_topic

Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class BankFiles:
    """What stands in a bank folder. `subjects` in order; `register` as `check_bank` takes it."""

    subjects: list[dict[str, Any]]
    laws: list[dict[str, Any]]
    topics: list[ParsedTopic]
    problems: list[Problem]

    @property
    def entries(self) -> list[SourceItem]:
        return [entry for topic in self.topics for entry in topic.items]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level == "error"]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level == "warning"]


def read_bank(path: Path) -> BankFiles:
    """Read and check a bank folder. Raises FileError where subjects or laws cannot be read at all."""
    subjects = read_list(path / "subjects.yaml")
    laws = read_list(path / "laws.yaml")
    topics = [
        parse_topic(file.read_bytes(), f"{file.parent.name}/{file.name}") for file in sorted(path.glob("*/*.yaml"))
        if file.parent.name != "plans"
    ]
    problems = check_bank(topics, [subject["id"] for subject in subjects], register_of(laws))
    return BankFiles(subjects, laws, topics, problems)


def read_list(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise FileError("找不到 %(file)s，请检查题库文件夹", file=str(path))
    try:
        # Loader is a safe loader: plain values only
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise FileError("%(file)s 第 %(line)s 行不是正确的 YAML，请检查缩进和引号", file=path.name, line=line) from error
    if not isinstance(content, list):
        raise FileError("%(file)s 应当是一个列表", file=path.name)
    return content


def register_of(laws: list[dict[str, Any]]) -> Mapping[tuple[str, str], int | None]:
    """(law, version) → number of articles."""
    return {
        (law["name"], str(version["version"])): version.get("articles")
        for law in laws
        for version in law["versions"]
    }
