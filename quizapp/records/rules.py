"""What a certificate says, and how it is known to be genuine. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is taken for something else
CODE_CHARS = 8
NUMBER = re.compile(r"XF[0-9]{4}-[0-9]{1,10}-[0-9]{5,10}")
CODE = re.compile(f"[{ALPHABET}]{{{CODE_CHARS}}}")


def number_of(year: int, exam_id: int, serial: int) -> str:
    """XF2026-12-00037: year and number of the exam, and of the certificate in it."""
    return f"XF{year:04}-{exam_id}-{serial:05}"


def digest_of(facts: Mapping[str, object]) -> str:
    """SHA-256 (hex) of everything that the paper says: JSON in UTF-8, names sorted, no spaces."""
    plain = {name: f"{value:.2f}" if isinstance(value, Decimal) else str(value) for name, value in facts.items()}
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def typed_number(text: str) -> str:
    """As somebody copied it from paper -> as it is stored; empty for what no certificate is called."""
    found = unicodedata.normalize("NFKC", text[:60]).strip().upper().replace("—", "-").replace(" ", "")
    return found if NUMBER.fullmatch(found) else ""


def typed_code(text: str) -> str:
    found = unicodedata.normalize("NFKC", text[:30]).strip().upper().replace(" ", "").replace("-", "")
    return found if CODE.fullmatch(found) else ""


def shown_code(code: str) -> str:
    """In two groups, as it is printed."""
    return f"{code[:4]} {code[4:]}"
