"""The bank as files: subjects, the register of laws, and the topic files, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quizapp.jobs.rules import Progress
from quizapp.kernel.errors import FileError
from quizapp.questions.rules.checks import check_bank
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.reading import ParsedTopic, SourceItem, parse_topic
from quizapp.questions.rules.register import register_of

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


def read_bank(path: Path, progress: Progress | None = None) -> BankFiles:
    """Read and check a bank folder. Raises FileError where subjects or laws cannot be read at all.

    `progress` counts files, with the check of the whole as the last step.
    """
    subjects, laws = read_list(path / "subjects.yaml", "id"), read_list(path / "laws.yaml", "name")
    found = [file for file in sorted(path.glob("*/*.yaml")) if file.parent.name != "plans"]
    topics = []
    for number, file in enumerate(found):
        name = f"{file.parent.name}/{file.name}"
        if progress is not None:
            progress(number, len(found) + 1, name)
        topics.append(parse_topic(file.read_bytes(), name))
    try:
        register = register_of(laws)
    except KeyError as error:
        raise FileError("laws.yaml 里有一部法律缺少“%(field)s”", file="laws.yaml", field=error.args[0]) from error
    problems = check_bank(topics, [subject["id"] for subject in subjects], register)
    return BankFiles(subjects, laws, topics, problems)


def read_list(path: Path, identity: str) -> list[dict[str, Any]]:
    """A file that is a list of mappings, each with at least the field `identity`. Raises FileError."""
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
