"""What a candidate keeps after handing in, read back: as a file, as copied text, or as the bare code."""

from __future__ import annotations

import json
import re
from typing import Any

from quizapp.kernel.errors import InputError

DOCUMENT = "quizapp-receipt-1"
# one line of the text: attempt, receipt, signature, key
LINE = re.compile(
    DOCUMENT + r"\s+([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+([0-9a-f]{64})\s+([A-Za-z0-9+/=]{0,128})\s*:\s*([0-9a-f]{64})"
)
CODE = re.compile(r"[0-9a-f]{64}")


def receipt_line(attempt: object, receipt: str, signature: str, public_key: str) -> str:
    """The one line by which a program finds the receipt in a text."""
    return f"{DOCUMENT} {attempt} {receipt} {signature}:{public_key}"


def read_receipt(text: str) -> dict[str, Any]:
    """At least `receipt` (64 hexadecimal digits); from a whole document also attempt, signature, public_key and
    the rest. Raises InputError where there is no receipt in it."""
    found = _document(text)
    if found is not None:
        return found
    line = LINE.search(text)
    if line:
        return dict(zip(("attempt", "receipt", "signature", "public_key"), line.groups(), strict=True))
    code = CODE.fullmatch(text.strip().lower())
    if code is None:
        raise InputError("这里面没有回执：请给出下载的回执文件、复制的回执全文，或者 64 位的回执码")
    return {"receipt": code[0]}


def _document(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("receipt"), str):
        return None
    return found
