"""The bank as files: subjects, the register of laws, and the topic files, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quizapp import clock
from quizapp.jobs.rules import Progress
from quizapp.questions.rules.checks import check_bank
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.reading import ParsedTopic, SourceItem, parse_topic
from quizapp.questions.rules.register import register_of
from quizapp.statutes.register_files import Register as LawRegister
from quizapp.statutes.register_files import read_list, read_register


@dataclass(frozen=True)
class BankFiles:
    """What stands in a bank folder. `subjects` in order; `laws`: the register of laws."""

    subjects: list[dict[str, Any]]
    laws: LawRegister
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
    """Read and check a bank folder as of today. Raises FileError where subjects or laws cannot be read at all.

    `progress` counts files, with the check of the whole as the last step.
    """
    subjects, laws = read_list(path / "subjects.yaml", "id"), read_register(path)
    found = [file for file in sorted(path.glob("*/*.yaml")) if file.parent.name != "plans"]
    topics = []
    for number, file in enumerate(found):
        name = f"{file.parent.name}/{file.name}"
        if progress is not None:
            progress(number, len(found) + 1, name)
        topics.append(parse_topic(file.read_bytes(), name))
    problems = check_bank(topics, [subject["id"] for subject in subjects], register_of(laws.laws), clock.today())
    return BankFiles(subjects, laws, topics, problems)
