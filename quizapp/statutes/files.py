"""Files with texts of laws: found in a folder, decoded, parsed. What cannot be read is reported, not raised."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from quizapp.jobs.rules import Progress, silent
from quizapp.kernel.documents import read_plain, read_word
from quizapp.kernel.errors import FileError
from quizapp.kernel.handed_in import MAX_BYTES, check_kind
from quizapp.statutes.rules.dating import Dates, dates_of, repeals_of
from quizapp.statutes.rules.naming import issuer_of, kind_of, short_name
from quizapp.statutes.rules.reading import END_OF_HEAD, ParsedText, is_cut_off, parse_text

SUFFIXES = (".md", ".txt", ".docx")
OLD_WORD = ".doc"  # found as well, so that nobody believes it was read
MAX_TITLE, MAX_NAME = 200, 120  # characters of a title, and of the short name that comes of it; see models.Law

_HEADINGS = ((re.compile("第[一二三四五六七八九十百]+编(?:[ \u3000]|$)"), "##"),
             (re.compile("第[一二三四五六七八九十百]+分编(?:[ \u3000]|$)"), "##"),
             (re.compile("第[一二三四五六七八九十百]+章(?:[ \u3000]|$)"), "###"),
             (re.compile("第[一二三四五六七八九十百]+节(?:[ \u3000]|$)"), "####"),
             (re.compile("序[ \u3000]*言$"), "##"))
_CONTENTS = re.compile("目[ \u3000]*(?:录|次)")


@dataclass(frozen=True)
class FileProblem:
    """What is wrong with one file: `sentence` is a Chinese message, `values` fill its placeholders."""

    file: str
    line: int | None
    sentence: str
    values: dict[str, object]

    @property
    def text(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


@dataclass(frozen=True)
class FoundFile:
    """A file of the folder: its place in it, its folder's name there, and the SHA-256 of its bytes."""

    path: Path
    name: str
    folder: str
    digest: str


@dataclass(frozen=True)
class LawText:
    """A file that was read. `part` is empty unless the law is split over files."""

    file: FoundFile
    name: str
    title: str
    part: str
    kind: str
    issuer: str
    dates: Dates
    repeals: tuple[str, ...]
    parsed: ParsedText

    @property
    def version(self) -> date:
        """The day of this version; texts without one never become a LawText."""
        assert self.dates.version is not None  # noqa: S101
        return self.dates.version


def find_files(path: Path) -> list[FoundFile]:
    """Every readable file below a folder, or the one file. Raises FileError when there is none."""
    if path.is_file():
        found = [path]
        root = path.parent
    else:
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in (*SUFFIXES, OLD_WORD) and file.is_file())
        root = path
    if not found:
        raise FileError("%(file)s 里没有可以读的法律文本（.md、.txt、.docx）", file=str(path))
    return [_found(file, root) for file in found]


def _found(file: Path, root: Path) -> FoundFile:
    name = _readable(file.relative_to(root).as_posix())
    return FoundFile(file, name, name.rpartition("/")[0], hashlib.sha256(file.read_bytes()).hexdigest())


def _readable(name: str) -> str:
    """A name that can be shown and kept: archives packed under Windows leave names in GBK on other systems."""
    raw = name.encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def read_texts(
    files: Collection[FoundFile], progress: Progress = silent
) -> tuple[list[LawText], list[FileProblem]]:
    """Parse files. A file that cannot be read, or says nothing that a law says, becomes a problem."""
    texts: list[LawText] = []
    problems: list[FileProblem] = []
    for number, file in enumerate(files):
        if number % 20 == 0:
            progress(number, len(files), file.name)
        try:
            texts.append(read_text(file))
        except FileError as error:
            problems.append(FileProblem(file.name, error.line, error.message, {**error.values, "file": file.name}))
    progress(len(files), len(files))
    return texts, problems


def read_text(file: FoundFile) -> LawText:
    """One file. Raises FileError, with the line where one is known."""
    parsed = parse_text(_content(file))
    dates = dates_of(parsed, file.name.rpartition("/")[2])
    if not parsed.title:
        raise FileError("没有标题：第一行应当是法律的全称", file=file.name, line=1)
    if len(parsed.title) > MAX_TITLE or len(short_name(parsed.title)) > MAX_NAME:
        raise FileError("标题有 %(n)s 个字，不像是法律的全称：第一行应当是标题", file=file.name, line=1, n=len(parsed.title))
    if not parsed.articles and not parsed.loose:
        raise FileError("%(title)s 没有正文，文件可能不完整", file=file.name, line=1, title=parsed.title)
    if dates.version is None:
        raise FileError("%(title)s 没有写明通过、公布或者修改的日期；请在文件名后面用括号写上，例如（2023-09-01）",
                        file=file.name, line=1, title=parsed.title)
    _check_numbers(parsed, file)
    name = short_name(parsed.title)
    return LawText(file, name, parsed.title, parsed.part, kind_of(parsed.title, file.folder, " ".join(parsed.head)),
                   issuer_of(parsed, file.folder), dates, repeals_of(parsed), parsed)


def _check_numbers(parsed: ParsedText, file: FoundFile) -> None:
    """A text whose last article breaks off, or that has a number twice with other words, is not to be trusted."""
    if parsed.repeated:
        again = parsed.repeated[0]
        line = next((a.line for a in parsed.articles if a.number == again), None)
        raise FileError("第 %(number)s 条出现了两次，内容不同；请核对文本", file=file.name, line=line, number=again)
    last = parsed.articles[-1] if parsed.articles else None
    if (last is not None and not last.text) or is_cut_off(parsed):
        raise FileError("文本在第 %(number)s 条中断，文件可能不完整", file=file.name, line=last.line if last else None,
                        number=last.number if last else "?")


def _content(file: FoundFile) -> str:
    data = file.path.read_bytes()
    if len(data) > MAX_BYTES:
        raise FileError("文件超过 %(limit)s MB，不像是一部法律", file=file.name, limit=MAX_BYTES // 1024 // 1024)
    if file.path.suffix.lower() in (".docx", OLD_WORD):
        return "\n".join(_marked(read_word(file.name, data).split("\n")))
    check_kind(file.name, data)
    return read_plain(file.name, data)


def _marked(lines: list[str]) -> Iterator[str]:
    """A Word file of the national law database as the plain format: title, dates in brackets, contents, text."""
    words = [line.replace("\u3000", " ").strip() for line in lines]
    words = [line for line in words if line]
    if not words:
        return
    start = _end_of_head(words)
    # the table of contents stands between the dates and the text, and its headings are no part of the title
    contents = next((n for n, line in enumerate(words[:start]) if _CONTENTS.match(line)), start)
    title = "".join(line for line in words[:contents] if not re.match("[(（]|\\d{4}年", line))
    yield f"# {title.replace(' ', '')}"
    for line in words[:start]:
        if re.match("[(（]|\\d{4}年", line):
            yield re.sub("(?<=[过布行正订])(?=[ ]*(?:根据)?\\d{4}年)", "\n", line.strip("（）()"))
    yield END_OF_HEAD
    for line in words[start:]:
        mark = next((mark for pattern, mark in _HEADINGS if pattern.match(line)), "")
        yield f"{mark} {line}" if mark else re.sub(r"^(第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)[ ]*", r"\1 ", line)


def _end_of_head(words: list[str]) -> int:
    """Where the text begins: at the first article, or at the headings and the preamble just above it.

    The table of contents repeats the headings, so that the text begins at the last run of headings before 第一条.
    """
    first = next((n for n, line in enumerate(words) if re.match("第一条", line)), None)
    preamble = [n for n, line in enumerate(words) if _HEADINGS[-1][0].match(line)]
    if first is None:
        return next((n for n, line in enumerate(words) if n and not re.match("[(（]|\\d{4}年", line)), len(words))
    if preamble and preamble[-1] < first:
        return preamble[-1]
    contents = next((n for n, line in enumerate(words[:first]) if _CONTENTS.match(line)), None)
    start = first
    while start > 0 and any(pattern.match(words[start - 1]) for pattern, _ in _HEADINGS):
        start -= 1
    return start if contents is None else _after_contents(words, start, first)


def _after_contents(words: list[str], start: int, first: int) -> int:
    """The headings above 第一条 without those of the table of contents: from the repetition of the first one."""
    above = words[start:first]
    for place in range(len(above) - 1, -1, -1):
        if above[place] in above[:place]:
            begin = place
            while begin > 0 and above[begin - 1] in above[: begin - 1]:
                begin -= 1
            return start + begin
    return start
