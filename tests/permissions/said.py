"""What an answer says, without what is new in every answer."""

from __future__ import annotations

import html
import io
import re
import zipfile

from werkzeug.test import TestResponse

# new each time: tokens against forged requests, tickets
NONCE = re.compile(r"(?<=nonce=\")[^\"]+|[\w-]{40,}\.[\w-]{5,8}\.[\w-]{20,}|[\w=-]{100,}")


def said_by(answer: TestResponse) -> str:
    """What an answer says; of a workbook the texts in it."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return html.unescape("\n".join(book.read(name).decode() for name in sorted(book.namelist())))
    # a page repeats its own address, which whoever asked knew before
    return NONCE.sub("…", answer.get_data(as_text=True)).replace(answer.request.path, "{address}")
