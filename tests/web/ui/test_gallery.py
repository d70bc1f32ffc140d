"""The gallery shows every component in both themes, and passes the checks of every page."""

from __future__ import annotations

import re
from collections import Counter

import lxml.html
import pytest

from quizapp.ui.samples import ANSWERED, SLIPS
from tests.page_lint import LintingClient

# what must stand on each side, by the class that draws it
EACH_SIDE = {
    "swatch": 12, "btn-primary": 3, "option": 7, "option-right": 1, "option-wrong": 1, "cell-unseen": 1, "cell-open": 1,
    "cell-done": 1, "cell-flag": 1, "cell-both": 1, "slips": 1, "save": 4, "clock": 4, "notice": 4, "notice-ok": 1,
    "notice-warn": 1, "notice-err": 1, "tile": 2, "bar": 3, "data-table": 2, "errors": 1, "field-error": 2, "versions": 1,
    "progress": 1, "proof": 1, "seg": 1, "menu": 3, "crumbs": 1, "wordmark": 1,
}


@pytest.fixture
def page(client: LintingClient) -> lxml.html.HtmlElement:
    response = client.get("/gallery")
    assert response.status_code == 200
    return lxml.html.document_fromstring(response.get_data(as_text=True))


def classes_of(part: lxml.html.HtmlElement) -> Counter[str]:
    return Counter(name for value in part.xpath(".//@class") for name in value.split())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_stands_in_both_themes(page: lxml.html.HtmlElement, theme: str) -> None:
    (side,) = page.xpath(f"//*[@data-theme='{theme}']")
    found = classes_of(side)
    assert {name: found[name] for name in EACH_SIDE} == EACH_SIDE


def test_both_themes_show_the_same(page: lxml.html.HtmlElement) -> None:
    light, dark = page.xpath("//*[@data-theme]")
    assert classes_of(light) == classes_of(dark)


def test_the_strip_says_what_it_draws(page: lxml.html.HtmlElement) -> None:
    strip = page.xpath("//*[@class='slips']")[0]
    counted = [int(number) for number in re.findall(r"\d+", strip.get("aria-label"))]
    states = Counter(SLIPS)
    answered, flagged = states["done"] + states["both"], states["flag"] + states["both"]
    assert counted == [len(SLIPS), answered, len(SLIPS) - answered, flagged]
    assert answered == ANSWERED


def test_no_text_is_left_in_chinese_for_english_readers(client: LintingClient) -> None:
    client.get("/gallery")
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    page = lxml.html.document_fromstring(client.get("/gallery").get_data(as_text=True))
    for sample in page.xpath("//*[@lang='zh-Hans']|//*[contains(@class, 'stem')]|//tbody"):
        sample.getparent().remove(sample)  # samples of content, and the names of units
    text = " ".join(page.xpath("//main")[0].text_content().split())
    assert re.findall("[\u4e00-\u9fff]+", text) == []
