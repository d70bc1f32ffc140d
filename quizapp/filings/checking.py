"""Whether a file, or what stands on paper, is what was handed in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from quizapp.audit.rules import Link, moment
from quizapp.audit.signing import seal, verifies
from quizapp.audit.verification import Check, Finding, proves
from quizapp.filings import printing, queries
from quizapp.filings.models import FilingVersion
from quizapp.filings.rules.content import CODE, digest_of, sealed_text
from quizapp.kernel import handed_in
from quizapp.kernel.errors import FileError

NUMBER = re.compile(r"\d{4}-\d{4,6}")
PRINTED = re.compile(r"上报件\s*(\d{4}-\d{4,6})\s*第\s*(\d+)\s*版")
PRINTED_ADDRESS = re.compile(r"核验网址：\s*(\S+?)\?number=")
PRINTED_DIGEST = re.compile(r"SHA-256：\s*([0-9a-f]{64})")


def agrees(session: Session, number: str, version: int, code: str) -> bool:
    """Whether this number, this version and this code (16 digits, or the whole digest) belong together."""
    plain = "".join(code.split()).lower()
    if len(plain) not in (CODE, 64) or not NUMBER.fullmatch(number.strip()):
        return False
    found = queries.by_number(session, number.strip(), version)
    return found is not None and found.digest.startswith(plain) and is_whole(found, number.strip())


def is_whole(found: FilingVersion, number: str) -> bool:
    """Whether the stored content is the one that was sealed, and by this installation."""
    return (digest_of(found.content) == found.digest and found.key == seal().public_key
            and verifies(found.key, sealed_text(number, found.version, found.digest, moment(found.at)), found.signature))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`holds`, and in words why or why not."""

    holds: bool
    number: str
    version: int
    words: str


def verify_file(session: Session, name: str, data: bytes) -> Verdict:
    """Whether a JSON or PDF file is a version as it was handed in. Raises FileError for what is neither, or too large."""
    handed_in.check_size(name, len(data))
    if data.startswith(b"%PDF-"):
        return _pdf(session, name, data)
    try:
        document = json.loads(data)
        number, version = str(document["number"]), int(document["version"])
        content, digest = document["content"], str(document["digest"])
    except (ValueError, KeyError, TypeError):
        raise FileError("%(file)s 不是上报件的 JSON 或者 PDF；Word 和 Excel 可以改动，不能核验", file=name) from None
    return _json(session, number, version, content, digest, extract=bool(document.get("extract")))


def _json(session: Session, number: str, version: int, content: Any, digest: str, *, extract: bool) -> Verdict:
    found = queries.by_number(session, number, version)
    if found is None or found.digest != digest or not is_whole(found, number):
        return Verdict(False, number, version, "编号、版次和摘要对不上平台留存的上报件")
    if extract:
        kept = {row["key"]: row["values"] for row in found.content["rows"]}
        if any(kept.get(row["key"]) != row["values"] for row in content["rows"]):
            return Verdict(False, number, version, "节选里的数字与留存的这一版不同")
        return Verdict(True, number, version, "是这一版的节选，数字没有改动")
    if digest_of(content) != digest:
        return Verdict(False, number, version, "内容与摘要不符，文件被改动过")
    return Verdict(True, number, version, "与留存的这一版逐字相同，签名有效")


def _pdf(session: Session, name: str, data: bytes) -> Verdict:
    text = _pdf_text(name, data)
    printed, digest = PRINTED.search(text), PRINTED_DIGEST.search(text.replace("\r\n", "").replace("\n", ""))
    if printed is None or digest is None:
        raise FileError("%(file)s 里没有上报件的编号和摘要", file=name)
    number, version = printed[1], int(printed[2])
    found = queries.by_number(session, number, version)
    if found is None or found.digest != digest[1] or not is_whole(found, number):
        return Verdict(False, number, version, "编号、版次和摘要对不上平台留存的上报件")
    if "本文件是节选" in text:
        return Verdict(False, number, version, "编号和摘要对得上；这是节选，文字不能逐页核对，请核对整份")
    address = PRINTED_ADDRESS.search(text)
    view = printing.viewed(queries.get(session, found.filing_id), found, ("/",))
    again = _pdf_text(name, printing.make(session, view, "pdf", address=address[1] if address else ""))
    if _bare(again) != _bare(text):
        return Verdict(False, number, version, "编号和摘要对得上，但是文件里的文字与留存的这一版不同，文件被改动过")
    return Verdict(True, number, version, "文件里的文字与留存的这一版相同，签名有效")


def _pdf_text(name: str, data: bytes) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise FileError("%(file)s 打不开：文件已损坏，或加了密码。", file=name) from error
    try:
        pages = []
        for place in range(len(document)):
            page = document[place]
            words = page.get_textpage()
            pages.append(str(words.get_text_bounded()))
            words.close()
            page.close()
        return "\n".join(pages)
    finally:
        document.close()


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@proves
class Filings(Check):
    """What `quizapp audit verify` proves of filings: each version is as it was sealed, and on record."""

    actions = frozenset({"hand_in", "restate_filing"})

    def __init__(self) -> None:
        super().__init__()
        self.recorded: dict[tuple[str, int], tuple[int, str]] = {}

    def hear(self, event: Link) -> None:
        facts: Any = event.fields
        self.recorded[facts["object_id"], int(facts["detail"]["version"])] = (event.number, facts["detail"]["digest"])

    def findings(self, session: Session) -> Iterator[Finding]:
        for number, version in queries.every_version(session):
            self.looked_at["filings"] += 1
            where = f"上报件 {number} 第 {version.version} 版"
            event = self.recorded.pop((number, version.version), None)
            if not is_whole(version, number):
                yield Finding("filing", where, "内容、摘要和签名对不上，被改动过")
            elif event is None:
                yield Finding("filing", where, "不在审计链里")
            elif event[1] != version.digest:
                yield Finding("filing", where, f"与审计链第 {event[0]} 条不同")
            people = queries.kept_people(session, version.id)
            if version.content["people"]["count"] and queries.people_digest(people) != version.content["people"]["digest"]:
                yield Finding("filing", where, "人员明细与摘要对不上，被改动过")
        for (number, place), (event_number, _digest) in self.recorded.items():
            yield Finding("filing", f"上报件 {number} 第 {place} 版", f"审计链第 {event_number} 条记了上报，现在没有这一版")
