"""YAML with line numbers, in a narrow and safe dialect.

Only what content needs: mappings, lists and scalars. No anchors, aliases or tags; a key given twice is an
error; `yes`, `no` and dates stay text. Nesting is bounded, so that no file can exhaust the stack.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from quizapp.questions.rules.problems import Problem

Path = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is built in: ten times faster
_MAX_DEPTH = 12
_INTEGER = re.compile("0|-?[1-9][0-9]{0,17}")
_CONSTANTS: Mapping[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Source:
    """One file read: plain values (lists as tuples) and the line, from 1, on which each path begins."""

    file: str
    value: Any = None
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, path: Path) -> int:
        """Line of `path`, or of the nearest thing around it that the file does contain."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load(content: str | bytes, file: str) -> Source:
    """Reads one YAML document. Bad content never raises: it comes back as `problems`."""
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        text.encode()
    except UnicodeError:
        return Source(file, problems=(Problem("not_utf8", file, 1),))
    reader = _Reader(file)
    try:
        value = reader.document(yaml.parse(text, Loader=_LOADER))
    except _Refused as refused:
        reader.problems.append(Problem(refused.code, file, refused.line))
        value = None
    except yaml.YAMLError as error:
        reader.problems.append(_syntax_problem(error, file, last=text.count("\n") + 1))
        value = None
    return Source(file, value, reader.lines, tuple(reader.problems))


def _syntax_problem(error: yaml.YAMLError, file: str, last: int) -> Problem:
    """`last`: the number of lines; libyaml may place what is missing at the end one line further down."""
    mark = getattr(error, "problem_mark", None)
    detail = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Problem("yaml_syntax", file, min(mark.line + 1, last) if mark else 1, values={"detail": detail})


class _Refused(Exception):
    """The file uses something that the dialect leaves out; reading stops here."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


class _Reader:
    """Builds values from parser events and notes on which line each of them begins."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._events: Iterator[Any] = iter(())

    def document(self, events: Iterator[Any]) -> Any:
        self._events = events
        next(events)  # start of stream
        if isinstance(next(events), yaml.StreamEndEvent):
            raise _Refused("yaml_empty", 1)
        value = self._value(next(events), ())
        next(events)  # end of document
        following = next(events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise _Refused("yaml_documents", following.start_mark.line + 1)
        return value

    def _value(self, event: Any, path: Path) -> Any:
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent) or event.anchor or (event.tag and event.tag != "!"):
            raise _Refused("yaml_alias", line)
        if len(path) > _MAX_DEPTH:
            raise _Refused("yaml_too_deep", line)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._mapping(path)

    def _list(self, path: Path) -> tuple[Any, ...]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return tuple(values)

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused("yaml_key", line)
            key = event.value
            if key in values:
                where = ".".join(str(step) for step in (*path, key))
                self.problems.append(
                    Problem("yaml_duplicate_key", self.file, line, where=where, values={"field": key})
                )
            self.lines.setdefault((*path, key), line)
            values[key] = self._value(next(self._events), (*path, key))
        return values


def _scalar(text: str) -> str | int | bool | None:
    """A plain scalar: null, true, false and whole numbers are values, everything else is text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _INTEGER.fullmatch(text) else text
