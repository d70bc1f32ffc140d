"""`python -m tests.permissions` writes docs/security/permissions.md from the matrix beside it."""

from __future__ import annotations

from tests.permissions.matrix import PAGE, page, read

PAGE.write_text(page(read()), encoding="utf-8")
