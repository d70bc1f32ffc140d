"""`python -m tests.api` writes docs/api/openapi.yaml."""

from __future__ import annotations

from tests.api.description import FILE, written

FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text(written(), encoding="utf-8")
