"""A test client that reads every page which it fetches, and fails on faults that any page may have.

What needs a layout or a running script (contrast, focus, overflow) is for the browser tests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import lxml.html
from flask.testing import FlaskClient
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

PRODUCT = "学法用法考试平台"
SEPARATOR = " · "
UNLABELLED_INPUTS = frozenset({"hidden", "submit", "button", "reset", "image"})
REFERENCES = ("for", "aria-labelledby", "aria-describedby")
# left over when a template or a translation did not get its values
UNRESOLVED = re.compile(r"\{\{|\}\}|\{%|%\}|%\(\w+\)[sd]|<bound method|<function |object at 0x")


class PageFault(AssertionError):
    """A page breaks the rules of every page; says which page and each fault."""


class LintingClient(FlaskClient):
    """Flask's test client; raises `PageFault` for a page with faults. Pages it is redirected to are read too."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            faults = faults_of(response.get_data(as_text=True))
            if policy := response.headers.get("Content-Security-Policy"):
                faults += nonce_faults(response.get_data(as_text=True), policy)
            if faults:
                request = response.request
                listed = "\n".join(f"  - {fault}" for fault in faults)
                raise PageFault(f"{request.method} {request.path} ({response.status_code}):\n{listed}")
        return response


def faults_of(html: str) -> list[str]:
    """What is wrong with a page, or with a fragment (a text without a doctype); empty if nothing is."""
    if not html.strip():
        return []
    if html.lstrip()[:9].lower() == "<!doctype":
        page = lxml.html.document_fromstring(html)
        return [*page_faults(page), *reference_faults(page), *part_faults(page)]
    return list(part_faults(lxml.html.fragment_fromstring(html, create_parent="div")))


def nonce_faults(html: str, policy: str) -> list[str]:
    """Scripts that the policy of this very answer would not let run."""
    allowed = set(re.findall(r"'nonce-([^']+)'", policy))
    scripts = lxml.html.document_fromstring(html).iter("script") if "<script" in html else ()
    return [f"{show(script)} has no nonce of this answer" for script in scripts
            if script.get("type") != "application/json" and script.get("nonce") not in allowed]


def page_faults(page: HtmlElement) -> Iterator[str]:
    """Faults of a page as a whole: language, title, main heading, one main part."""
    language = page.get("lang", "")
    if not language:
        yield "<html> has no lang"
    title = (page.findtext(".//title") or "").strip()
    name, _, product = title.rpartition(SEPARATOR)
    if not name or not product or (language.startswith("zh") and product != PRODUCT):
        yield f"title {title!r} is not of the form '…{SEPARATOR}{PRODUCT}'"
    headings = page.findall(".//h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one"
    yield from (f"{show(heading)} is empty" for heading in headings if not name_of(heading))
    if len(page.findall(".//main")) != 1:
        yield "not exactly one <main>"


def reference_faults(page: HtmlElement) -> Iterator[str]:
    """Labels and descriptions that name an element which is not there."""
    present = set(page.xpath("//@id"))
    for attribute in REFERENCES:
        for element in page.xpath(f"//*[@{attribute}]"):
            for target in element.get(attribute).split():
                if target not in present:
                    yield f"{show(element)}: {attribute} names #{target}, which is not on the page"


def part_faults(part: HtmlElement) -> Iterator[str]:
    """Faults that a fragment can have as well."""
    for identifier, count in Counter(part.xpath(".//@id")).items():
        if count > 1:
            yield f"id {identifier!r} stands {count} times"
    yield from inline_code(part)
    yield from unnamed_controls(part)
    for text in part.xpath(".//text()[not(parent::script)]|.//@*"):
        if UNRESOLVED.search(text):
            yield f"unresolved text: {' '.join(text.split())[:80]!r}"


def inline_code(part: HtmlElement) -> Iterator[str]:
    """Scripts and styles in the page: the content security policy would block them."""
    for script in part.iter("script"):
        if not script.get("src") and script.get("type") != "application/json":
            yield "inline <script>"
    yield from ("<style> in the page" for _ in part.iter("style"))
    for element in part.iter(lxml.etree.Element):
        for attribute, value in element.attrib.items():
            if attribute == "style" or attribute.startswith("on"):
                yield f"{show(element)} has the attribute {attribute}"
            if attribute in ("href", "src", "action", "formaction") and is_script(value):
                yield f"{show(element)}: {attribute} runs a script"


def is_script(address: str) -> bool:
    return address.strip().lower().startswith("javascript:")


def unnamed_controls(part: HtmlElement) -> Iterator[str]:
    """Fields, buttons, links and pictures of which a screen reader could not say what they are."""
    for field in part.iter("input", "select", "textarea"):
        if not (field.tag == "input" and field.get("type", "text") in UNLABELLED_INPUTS) and not labelled(field, part):
            yield f"{show(field)} has no label"
    for control in part.iter("button", "a"):
        if (control.tag == "button" or control.get("href") is not None) and not name_of(control):
            yield f"{show(control)} has no text"
    for button in part.xpath(".//input[@type='submit' or @type='button' or @type='reset']"):
        if not button.get("value") and not button.get("aria-label"):
            yield f"{show(button)} has no text"
    yield from (f"{show(image)} has no alt" for image in part.iter("img") if image.get("alt") is None)


def labelled(field: HtmlElement, part: HtmlElement) -> bool:
    if (field.get("aria-label") or "").strip() or field.get("aria-labelledby"):
        return True
    around = field.xpath("ancestor::label")
    named = part.xpath(".//label[@for=$id]", id=field.get("id")) if field.get("id") else []
    return any(name_of(label) for label in [*around, *named])


def name_of(element: HtmlElement) -> str:
    """What a screen reader says of an element: its label, its text, or the alternatives of pictures in it."""
    if element.get("aria-labelledby"):
        return str(element.get("aria-labelledby"))
    words = [element.get("aria-label") or "", element.text_content()]
    words += element.xpath(".//img/@alt|.//@aria-label|.//*[local-name()='title']/text()")
    return " ".join(" ".join(words).split())


def show(element: HtmlElement) -> str:
    """An element in a few words, as a reader of the message can find it."""
    kept = ("id", "name", "type", "class", "href")
    words = [f'{name}="{element.get(name)}"' for name in kept if element.get(name)]
    return f"<{' '.join([str(element.tag), *words])}>"
