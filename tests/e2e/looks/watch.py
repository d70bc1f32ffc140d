"""What is wrong with a page: errors of its scripts, faults of its accessibility, what does not fit."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

Themes = Literal["light", "dark"]
WIDE, PHONE, NARROW = 1440, 390, 320
# a form again with its faults, and an attempt that goes on elsewhere: answers, not errors
REFUSED = re.compile(r"status of (409|422)\b")


class Watch:
    """What is wrong with a page, gathered so that one run tells all of it."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def hear(self, message: ConsoleMessage) -> None:
        """Errors of scripts and reports of the content security policy; the browser writes both to its console."""
        if message.type == "error" and not REFUSED.search(message.text):
            self.found.append(f"console: {message.text}")

    def look(self, page: Page, width: int, theme: Themes) -> None:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        self.fits(page, width)
        for rule in violations(page):
            marks = "; ".join(f"{' '.join(map(str, node['target']))} — {why(node)}" for node in rule["nodes"][:4])
            self.found.append(f"{width} px, {theme}: {rule['id']} ({rule['impact']}): {marks}")

    def fits(self, page: Page, width: int) -> None:
        page.set_viewport_size({"width": width, "height": 900})
        wide, room = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if wide > room:
            self.found.append(f"{width} px: {wide - room} px too wide: {page.evaluate(STICKING_OUT)}")


def violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response
    listed: list[dict[str, Any]] = found["violations"]
    return listed


def why(node: dict[str, Any]) -> str:
    return str(node.get("failureSummary", json.dumps(node)[:200])).replace("\n", " ")[:240]


STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .slice(0, 6).map(e => `${e.tagName}.${e.className}`.slice(0, 60)).join(" ")"""
