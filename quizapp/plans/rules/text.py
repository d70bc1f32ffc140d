"""From the text of a file to sentences: width, spaces, lines that the layout broke.

A printed page breaks a line in the middle of a word, a number or a title, and a page break looks like
the blank line between paragraphs. `normalise` undoes that and keeps the breaks that a writer made.
"""

from __future__ import annotations

import re
import unicodedata

from quizapp.kernel.numerals import half_width

_LINE_END = re.compile(r"\r\n|[\r\n\v\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\ufffe\u0000-\u0008\u000e-\u001f]")
_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")  # look-alikes of ideographs that PDF fonts produce
_WIDE_PUNCTUATION = str.maketrans({",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）", "｡": "。"})
_NARROW = re.compile(r"(?<![0-9A-Za-z/])[,;:?!]|[,;:?!](?![0-9A-Za-z/])|[()]")
_PAGE_NUMBER = re.compile(r"[-—–―－~·\s]*第?\s*\d{1,3}\s*页?(?:\s*[/，,]?\s*共?\s*\d{1,3}\s*页)?[-—–―－~·\s]*")
_BARE_NUMBER = re.compile(r"\d{1,3}")
_UNIT_FIRST = re.compile(r"[\d.%次场期轮回个人名件家年月日条项篇份分小课元万亿余多页起批、，。；）至—-]")

_NUMERAL = "[一二三四五六七八九十]{1,3}"
HEADING_MARK = rf"(?:第{_NUMERAL}[章节部]分?|{_NUMERAL}[、.．]|（(?:{_NUMERAL}|\d{{1,2}})）|\d{{1,2}}(?:[、．]|\.(?!\d)))"
_HEADING = re.compile(HEADING_MARK)
_PROSE_MARK = re.compile(rf"(?:{_NUMERAL}是|[①-⑳]|首先，|其次，|最后，)")
_TITLE_END = re.compile(r"(?:报告|总结|汇报|情况|要点)(?:（[^）]{1,12}）)?$")
_SIGNED_DATE = re.compile(r"(?:20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年\S{1,3}月\S{1,3}日")
_SENTENCE_END = ("。", "！", "？", "；", "。”", "！”", "。）", "”。")
_GLUED = re.compile(
    "学法|用法|考试|考法|法治|普法|宪法|法律|合格|及格|参考|参加|线上|线下|组织|开展|全年|讲座|培训|学习|测试|"
    "民法典|优秀|通过|人员|干部|机关|全体|全员|集中|知识|网上|在线|现场|领导|制度|落实|宣传|教育"
)


def normalise(raw: str) -> str:
    """The report as joined paragraphs, one a line. `normalise(normalise(x)) == normalise(x)`."""
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", half_width(raw)))
    text = _RADICAL.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _NARROW.sub(lambda match: match.group().translate(_WIDE_PUNCTUATION), text)
    text = "\n".join(_content_lines(text))
    while True:  # a joined line may itself ask to be joined; few rounds are ever needed
        joined = "\n".join(_tidy_spaces(line) for line in _join(text.split("\n")))
        if joined == text:
            return joined
        text = joined


def _content_lines(text: str) -> list[str]:
    """Lines without page numbers and without a header that every page repeats; page ends become blank lines."""
    pages = [[line.strip(" \t") for line in page.split("\n")] for page in text.split("\f")]
    header = _running_header(pages)
    lines: list[str] = []
    for page in pages:
        filled = [line for line in page if line]
        for line in filled[:1]:
            if line == header:
                page.remove(line)
        for line in (*filled[-1:], *filled[:1]):
            if len(pages) > 1 and line in page and _BARE_NUMBER.fullmatch(line):
                page.remove(line)
        lines += [*page, ""]
    return [line for position, line in enumerate(lines) if not _is_page_number(lines, position)]


def _running_header(pages: list[list[str]]) -> str | None:
    firsts = [next((line for line in page if line), "") for page in pages]
    repeated = [line for line in set(firsts) if line and firsts.count(line) >= max(3, len(pages) - 1)]
    return repeated[0] if repeated else None


def _is_page_number(lines: list[str], position: int) -> bool:
    """「- 3 -」「第 3 页」, or a number alone between blank lines that no unit follows on the next line."""
    line = lines[position]
    if not line or not _PAGE_NUMBER.fullmatch(line):
        return False
    if not _BARE_NUMBER.fullmatch(line):
        return line.startswith("第") or not line[0].isdigit()
    following = next((other for other in lines[position + 1 :] if other), "。")
    alone = position > 0 and not lines[position - 1] and not lines[position + 1]
    return alone and not _UNIT_FIRST.match(following)


def _tidy_spaces(line: str) -> str:
    """Spaces beside ideographs, digits and punctuation are typesetting and go; between Latin words one stays.

    Inside 《》 one space between two longer runs of ideographs is part of the title.
    """
    line = re.sub(r"[ \t]+", " ", line.strip())
    kept = [match.span() for match in re.finditer(r"《[^《》]*》", line)]

    def decide(match: re.Match[str]) -> str:
        before, after = line[match.start() - 1], line[match.end()]
        if before.isascii() and after.isascii() and before.isalpha() and after.isalpha():
            return " "
        runs = re.search(r"[\u4e00-\u9fff]{4}$", line[max(0, match.start() - 4) : match.start()]) and re.match(
            r"[\u4e00-\u9fff]{4}", line[match.end() : match.end() + 4]
        )
        inside = runs and any(start < match.start() < end for start, end in kept)
        return " " if inside else ""

    return re.sub(" ", decide, line)


def _join(lines: list[str]) -> list[str]:
    filled = [line.strip() for line in lines if line.strip()]
    width = max((len(line) for line in filled), default=0)
    paragraphs: list[str] = []
    tail = ""  # the last physical line of the paragraph under way
    for position, line in enumerate(filled):
        last = position == len(filled) - 1
        in_front = len(paragraphs) <= 4 and not any("。" in paragraph for paragraph in paragraphs)
        if paragraphs and not _breaks(paragraphs[-1], tail, line, width, in_front=in_front, last=last):
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
        tail = line
    return paragraphs


def _breaks(paragraph: str, tail: str, line: str, width: int, *, in_front: bool, last: bool) -> bool:
    """Whether the writer, not the layout, ended `paragraph` before `line`."""
    if _open_bracket(paragraph):
        return False
    if paragraph.endswith(_SENTENCE_END):
        return True
    if paragraph.endswith(("，", "、", "—", "（", "“", "《", "．", ".")):
        return False
    if last and _SIGNED_DATE.fullmatch(line):
        return True
    if in_front and (_TITLE_END.search(paragraph) or re.search(r"文件$|〕\d+号$", paragraph)):
        return not re.match("（|的|如下|：|，|、", line)
    if _HEADING.match(line):
        return True
    return _is_heading(paragraph, tail, line, width)


def _is_heading(paragraph: str, tail: str, line: str, width: int) -> bool:
    """A numbered line without a full stop that ends well before the margin is a heading."""
    if not _HEADING.match(paragraph) or len(paragraph) > 60 or re.search("[。；！？]", paragraph):
        return False
    if paragraph[-1].isdigit() or (line[0].isdigit() and re.match(r"\d+(?!\d{3}年)[次场期人名%.]", line)):
        return False
    if _PROSE_MARK.match(line):
        return True
    seam = paragraph[-3:] + line[:3]
    edge = len(paragraph[-3:])
    if any(match.start() < edge < match.end() for match in _GLUED.finditer(seam)):
        return False
    return len(tail) <= width - 3


def _open_bracket(paragraph: str) -> bool:
    near = paragraph[-120:]
    return any(near.rfind(opening) > near.rfind(closing) for opening, closing in ("《》", "（）", "“”", "〔〕"))
