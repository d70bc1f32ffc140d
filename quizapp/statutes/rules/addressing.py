"""The permanent address of an article, as whatever cites it links to it."""

from __future__ import annotations


def article_address(law: str, version: str, number: str, span: tuple[int, int] | None = None) -> str:
    """Path of an article's page. `version`: ISO date; `number`: "189", "133-1" or "preamble"; `span` is marked there."""
    marked = f"?span={span[0]}-{span[1]}" if span else ""
    return f"/laws/{law}/{version}/{number}{marked}"
