"""The text of a file that somebody hands in: .txt, .docx or .pdf. What cannot be read is refused with the reason."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from quizapp.kernel import handed_in
from quizapp.kernel.errors import FileError

# Imported where a file of the kind is read: these take a tenth of the whole start, and are rarely needed.
if TYPE_CHECKING:
    from docx.table import Table
    from pypdfium2 import PdfDocument

MAX_PAGES = 500
SUFFIXES = (".txt", ".docx", ".pdf")

_TOO_LITTLE = 10  # ideographs; page numbers and a letterhead are no report


def read_document(path: Path) -> str:
    """The text of the file at `path`. Raises FileError as `read_bytes` does, or when it cannot be opened."""
    try:
        handed_in.check_size(path.name, path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        raise FileError("打不开文件 %(file)s，请检查路径和权限。", file=path.name) from error
    return read_bytes(path.name, data)


def read_bytes(name: str, data: bytes) -> str:
    """The text of a file called `name`; lines as laid out, pages of a PDF parted by a form feed.

    Raises FileError when the kind is none of SUFFIXES, or the file is empty, too large, not what its name says,
    damaged, locked by a password, or made of scanned pictures only.
    """
    handed_in.check_size(name, len(data))
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError("不能读取 %(file)s：只支持 .txt、.docx 和 .pdf。旧的 .doc 请另存为 .docx。", file=name)
    handed_in.check_kind(name, data)
    reader = {".txt": read_plain, ".docx": read_word, ".pdf": _pdf}[suffix]
    text = reader(name, data)
    if len(re.findall(r"[\u2e80-\u9fff]", text)) < _TOO_LITTLE:
        if suffix == ".pdf":
            raise FileError("%(file)s 里没有文字，可能是扫描件。请交文字版，或先做文字识别。", file=name)
        raise FileError("文件 %(file)s 里没有中文内容。", file=name)
    return text


def read_plain(name: str, data: bytes) -> str:
    """The text of a plain file: UTF-8 with or without a mark at the start, UTF-16 with one, or GB 18030. Raises FileError."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError("%(file)s 不是文本文件，或编码不是 UTF-8、GB18030。", file=name)


def read_word(name: str, data: bytes) -> str:
    """The paragraphs and tables of a .docx, a line each; nothing that it links to is opened. Raises FileError."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    if data.startswith(handed_in.OLD_OFFICE):
        raise FileError("%(file)s 是旧格式或加了密码的 Word 文件，请去掉密码并另存为 .docx。", file=name)
    try:
        handed_in.check_package(name, data)
        document = docx.Document(io.BytesIO(data))
        return "\n".join(_word_lines(document.iter_inner_content()))
    except (*handed_in.BROKEN, PackageNotFoundError, SyntaxError, KeyError, AttributeError) as error:
        # broken XML inside the package is a SyntaxError, a part that is none of Word's an AttributeError
        raise FileError("文件 %(file)s 已损坏，打不开。请重新导出。", file=name) from error


def _word_lines(blocks: Iterator[object]) -> Iterator[str]:
    """Paragraphs and table rows in the order of the document."""
    from docx.table import Table

    for block in blocks:
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield str(getattr(block, "text", ""))


def _rows(table: Table) -> Iterator[str]:
    """Each row as one sentence; below a head without figures the cells carry their column's name."""
    rows = [_cells(row.cells) for row in table.rows]
    if not rows:
        return
    head = rows[0]
    named = len(head) > 1 and len(rows) > 1 and not any(re.search(r"\d", cell) for cell in head)
    if named and all(len(row) == len(head) for row in rows):
        for row in rows[1:]:
            yield "，".join(f"{column}：{cell}" for column, cell in zip(head, row, strict=True) if cell) + "。"
    else:
        for row in rows:
            yield ("：".join(row) if len(row) == 2 else "，".join(row)) + "。"


def _cells(cells: tuple[object, ...]) -> list[str]:
    """The texts of a row; a merged cell, which the library repeats, once."""
    texts: list[str] = []
    previous = None
    for cell in cells:
        part = getattr(cell, "_tc", cell)
        if part is not previous:
            texts.append(re.sub(r"\s+", "", str(getattr(cell, "text", ""))))
        previous = part
    return texts


def _pdf(name: str, data: bytes) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise FileError("%(file)s 打不开：文件已损坏，或加了密码。", file=name) from error
    try:
        if len(document) > MAX_PAGES:
            raise FileError("%(file)s 超过 %(limit)s 页，不像是年度报告。", file=name, limit=MAX_PAGES)
        return "\f".join(_page_text(document, number) for number in range(len(document)))
    except pypdfium2.PdfiumError as error:
        raise FileError("%(file)s 打不开：文件已损坏，或加了密码。", file=name) from error
    finally:
        document.close()


def _page_text(document: PdfDocument, number: int) -> str:
    page = document[number]
    words = page.get_textpage()
    try:
        return str(words.get_text_bounded())
    finally:
        words.close()
        page.close()
