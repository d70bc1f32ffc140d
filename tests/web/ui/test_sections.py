"""Sections that stand below others: one entry in the navigation, tabs on the first pages, and counts that add up."""

from __future__ import annotations

import lxml.html
import pytest
from flask import Flask

from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.architecture.test_access import enter
from tests.builders.people import make_person, sign_in

BELOW = {"/filings", "/coverage", "/challenges", "/my/study-file"}


def links(page: lxml.html.HtmlElement, name: str) -> list[tuple[str, bool]]:
    return [(a.get("href"), a.get("aria-current") is not None) for a in page.xpath(f"//nav[contains(@class, '{name}')]//a")]


@pytest.mark.parametrize(("address", "tabs"), [
    ("/reports", ["/reports", "/filings", "/coverage"]), ("/filings", ["/reports", "/filings", "/coverage"]),
    ("/coverage", ["/reports", "/filings", "/coverage"]), ("/marking", ["/marking", "/challenges"]),
    ("/challenges", ["/marking", "/challenges"]), ("/my-exams", ["/my-exams", "/my/study-file"]),
])
def test_tabs_of_a_section(app: Flask, address: str, tabs: list[str]) -> None:
    client = enter(app, Role.EXAM_ADMIN)
    page = lxml.html.fromstring(client.get(address, follow_redirects=True).get_data(as_text=True))
    assert links(page, "section-tabs") == [(tab, tab == address) for tab in tabs]
    top = links(page, "nav-main")
    assert [href for href, current in top if current] == [tabs[0]]
    assert not BELOW & {href for href, _current in top}


def test_no_tabs_inside_and_none_where_there_is_one_page(app: Flask) -> None:
    admin = enter(app, Role.EXAM_ADMIN)
    for address in ("/filings/new", "/exams", "/account"):
        assert not links(lxml.html.fromstring(admin.get(address).get_data(as_text=True)), "section-tabs"), address


def test_a_plain_candidate_has_tabs_of_their_own(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
    client = app.test_client()
    sign_in(client, person)
    page = lxml.html.fromstring(client.get("/my/study-file").get_data(as_text=True))
    assert links(page, "section-tabs") == [("/my-exams", False), ("/my/study-file", True)]
