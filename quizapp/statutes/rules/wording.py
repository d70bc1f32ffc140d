"""The form in which two copies of an article are compared, and the fingerprint taken from it.

Copies of one text differ in spaces, line breaks, the width of signs and the shape of quotation marks, never in
words. The normal form takes those differences away character by character, so that a span of characters found
in it can be shown in any copy.
"""

from __future__ import annotations

import hashlib
import re

FINGERPRINT_LENGTH = 16
"""Hexadecimal digits of a fingerprint: 64 bits, ample for some 100,000 articles."""

_SIGNS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS |= {ord(a): ord(b) for a, b in zip("“”„「」‘’『』○・•﹑━─", "\"\"\"\"\"''''〇··、——", strict=True)}
# spaces of all kinds, controls, and characters that show nothing
_NOTHING = re.compile("[\\s\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff]+")


def normal_form(text: str) -> str:
    """`text` without spaces, line breaks and invisible characters, its signs in one shape."""
    return _NOTHING.sub("", text.translate(_SIGNS))


def fingerprint(text: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the normal form."""
    return hashlib.sha256(normal_form(text).encode()).hexdigest()[:FINGERPRINT_LENGTH]


def span_of(text: str, part: str) -> tuple[int, int] | None:
    """Where `part` stands in `text`: first and last-plus-one position in the normal form; None if nowhere."""
    wanted = normal_form(part)
    start = normal_form(text).find(wanted) if wanted else -1
    return None if start < 0 else (start, start + len(wanted))


def span_in_copy(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """The span of the normal form as positions in this very copy; None where the copy is too short."""
    places = [place for place, char in enumerate(text) if not _NOTHING.fullmatch(char)]
    start, end = span
    return (places[start], places[end - 1] + 1) if 0 <= start < end <= len(places) else None
