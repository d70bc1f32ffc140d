"""What every file has to pass that somebody hands in, before anything reads it: one set of limits for all of them.

Size, kind by content and not by name, and for packages (.xlsx, .docx, .zip) what is really in them: how many entries,
how much they unpack to, where they would lie, no links, no archives within archives, no macros, and no XML that
declares entities or asks for another encoding than Unicode's.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from quizapp.kernel.errors import FileError

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 2_000

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What a damaged or locked archive raises, wherever the damage lies."""

_ENCRYPTED = 0x1
_UNIX = 3
_STARTS = (ZIP, b"PK\x05\x06", b"PK\x07\x08", OLD_OFFICE[:4], b"%PDF-", b"\x7fELF", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8",
           b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".jar")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_UNICODE = frozenset({b"utf-8", b"utf8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"ascii"})


def check_size(name: str, size: int) -> None:
    """Raises FileError for an empty file and for one above MAX_BYTES."""
    if not size:
        raise FileError("文件 %(file)s 是空的。", file=name)
    if size > MAX_BYTES:
        raise _too_large(name, MAX_BYTES)


def check_kind(name: str, data: bytes) -> None:
    """Raises FileError where the content is of another kind than the end of the name says."""
    suffix, start = Path(name).suffix.lower(), data[:8]
    fits = {".pdf": start.startswith(b"%PDF-"), ".docx": start.startswith((ZIP, OLD_OFFICE[:4])),
            ".xlsx": start.startswith((ZIP, OLD_OFFICE[:4])), ".xls": start.startswith((OLD_OFFICE[:4], ZIP)), ".zip": start.startswith(b"PK")}
    plain = suffix in (".txt", ".md", ".csv", ".tsv") and not start.startswith(_STARTS)
    if not (fits.get(suffix, False) or plain):
        raise FileError("文件 %(file)s 的内容和它的扩展名不符，请用原来的程序重新另存。", file=name)


def check_package(name: str, data: bytes, look: Callable[[str, bytes], None] | None = None) -> None:
    """Look through an Office package. Raises FileError for what has no business in one.

    `look` is shown each entry besides, with its name. Every entry is unpacked once, at most to the size that its list
    gives: what lies about its size fails its checksum.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            check_list(name, entries)
            for entry in entries:
                part = package.read(entry)
                _check_part(name, entry, part)
                if look is not None:
                    look(entry.filename, part)
    except BROKEN as error:
        raise FileError("文件 %(file)s 已损坏，打不开。请重新导出。", file=name) from error


def check_list(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """Judge an archive by its list alone. Raises FileError."""
    if len(entries) > MAX_ENTRIES:
        raise FileError("%(file)s 里有 %(n)s 个文件，一次最多 %(limit)s 个，请分几次上传", file=name, n=len(entries), limit=MAX_ENTRIES)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise _too_large(name, MAX_UNPACKED_BYTES)
    if len({entry.filename for entry in entries}) < len(entries):
        raise _suspicious(name, "")  # two readers could each take another one
    for entry in entries:
        if is_link(entry) or leads_out(entry.filename) or entry.filename.lower().endswith(_ARCHIVES):
            raise _suspicious(name, entry.filename)
        if entry.flag_bits & _ENCRYPTED:
            raise FileError("%(file)s 加了密码，请去掉密码再上传", file=name)


def is_link(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a symbolic link, or anything else that is neither file nor folder."""
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == _UNIX else 0
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)


def leads_out(listed: str) -> bool:
    """Whether the place of an entry lies outside the folder that the archive is unpacked to, on any system."""
    place = PurePosixPath(listed.replace("\\", "/"))
    return place.is_absolute() or ".." in place.parts or ":" in "".join(place.parts[:1]) or "\0" in listed


def _check_part(name: str, entry: zipfile.ZipInfo, part: bytes) -> None:
    if entry.filename.lower().endswith("vbaproject.bin"):
        raise FileError("%(file)s 里有宏，请另存为不带宏的文件再上传", file=name)
    if part.startswith(_STARTS[:4]) and entry.filename.lower().endswith((".xml", ".rels", ".vml")):
        raise _suspicious(name, entry.filename)
    letters = part.replace(b"\0", b"")  # as it reads in UTF-16
    if not letters.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        if entry.filename.lower().endswith((".xml", ".rels")):
            raise _suspicious(name, entry.filename)  # in an encoding in which nothing here could be seen
        return
    encoding = _ENCODING.match(letters.lstrip(b"\xef\xbb\xbf\xff\xfe"))
    if b"<!DOCTYPE" in letters or b"<!ENTITY" in letters or (encoding and encoding[1].lower() not in _UNICODE):
        raise _suspicious(name, entry.filename)


def _too_large(name: str, limit: int) -> FileError:
    return FileError("文件 %(file)s 超过 %(limit)s MB。", file=name, limit=limit // 1024 // 1024)


def _suspicious(name: str, entry: str) -> FileError:
    return FileError("%(file)s 里有不该有的内容“%(entry)s”，没有读取。请用 Office 或 WPS 重新另存后再上传", file=name, entry=entry[:120])
