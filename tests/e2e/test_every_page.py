"""Every page in a real browser: narrow and wide, light and dark, in both languages."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.e2e.demo_site import (
    ADMIN,
    AUDITOR,
    CANDIDATE,
    CAREFUL,
    EDITOR,
    LIAISON,
    REVIEWER,
    SECOND,
    SECURITY,
    SYSTEM,
    YEAR,
    DemoSite,
    demo_site,
    play,
    sign_in_carefully,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# In every run: wide and light, narrow and dark, so that each width and each theme is seen; English is laid out anew, its
# roles and colours are those of the Chinese page. `make looks` looks at every page in both themes at both widths and
# in both languages, which takes three times as long.
EVERY_LOOK = bool(os.environ.get("QUIZAPP_EVERY_LOOK"))
Themes = Literal["light", "dark"]
WIDE, PHONE, NARROW = 1440, 390, 320
NOBODY, SITTER = "", "sitter"

NOT_A_PAGE = {
    "static": "files",
    "home.index": "redirects to where the person belongs",
    "reports.index": "redirects to the newest year",
    "statutes.law": "redirects to the version in force",
    "rosters.attachment": "a file",
    "reports.choose": "redirects to the report chosen",
    "reports.export": "a file",
    "reports.exported": "a file",
    "filings.file": "a file",
    "filings.written": "a file",
    "privacy.own_archive": "a file",
    "privacy.person_archive": "a file",
    "people.to_single_sign_on": "redirects to the provider",
    "people.from_single_sign_on": "redirects to where the person was going, or is the sign-in page",
    "people.leave_single_sign_on": "redirects to the provider",
    "people.roster_template": "a file",
    "people.import_problems": "a file",
    "paper_exams.template": "a file",
    "jobs.show_json": "data",
    "ops.metrics": "figures for machines that watch",
    "attempts.receipt_json": "a file",
    "attempts.receipt_text": "a file",
    "sittings.commitment_content": "a file",
    "ops.healthz": "data",
    "ops.readyz": "data",
}


# a form again with its faults, and an attempt that goes on elsewhere: answers, not errors
REFUSED = re.compile(r"status of (409|422)\b")


def stay(_page: Page) -> None:
    """The page as it opens."""


@dataclass(frozen=True)
class Place:
    """A page to look at. `{name}` in the address is one that the story made; `act` brings it into another state."""

    endpoint: str
    who: str
    address: str
    act: Callable[[Page], None] = stay
    name: str = ""

    def __str__(self) -> str:
        return f"{self.endpoint}-{self.name}" if self.name else self.endpoint


def continue_here(page: Page) -> None:
    """Every tab is a device of its own to an attempt: take it over from the one before."""
    if page.locator("#taken[open]").count():
        with page.expect_navigation():
            page.locator("#take-over").click()
        page.wait_for_load_state("networkidle")


def open_card(page: Page) -> None:
    continue_here(page)
    if page.viewport_size and page.viewport_size["width"] < WIDE:
        page.locator("#open-card").click()


def open_submit(page: Page) -> None:
    continue_here(page)
    page.locator("[data-submit]:visible").first.click()
    page.locator("#submit-sheet[open]").wait_for()


def open_export(page: Page) -> None:
    page.locator("details.menu > summary").first.click()


def first_person(page: Page) -> None:
    """From a name on a list to the page of the person."""
    page.locator("main table tbody th a").first.click()
    page.wait_for_load_state()


def open_contents(page: Page) -> None:
    """The table of contents, which is a menu where the page is narrow."""
    page.locator(".toc-phone").evaluate("menu => { menu.open = true }")


def sign_in_wrongly(page: Page) -> None:
    page.fill("#login", "qx00000")
    page.fill("#password", "not it")
    page.locator("form[action*='sign-in'] [type=submit]").click()
    page.locator(".errors").wait_for()


def wrong_code(page: Page) -> None:
    sign_in_carefully(page)
    page.fill("#code", "not a code")
    page.locator("form[action*='code'] [type=submit]").click()
    page.locator(".errors").wait_for()


def with_recovery_code(page: Page) -> None:
    sign_in_carefully(page)
    page.goto("/sign-in/code?recovery=1")


def new_recovery_codes_refused(page: Page) -> None:
    page.fill("#password", "not it")
    page.fill("#code", "000000")
    page.locator("button[value=renew]").click()
    page.locator(".errors").wait_for()


def reset_wrongly(page: Page) -> None:
    page.fill("#login", "qx00000")
    page.fill("#code", "ZZZZ-ZZZZ")
    for field in ("#password", "#again"):
        page.fill(field, "答过的每一题都有据可查呢")
    page.locator("form[action*='reset-password'] [type=submit]").click()
    page.locator(".errors").wait_for()


def make_code(page: Page) -> None:
    page.locator("form[action$='/code'] button").click()
    page.locator("#new-code").wait_for()


def open_receipt(page: Page) -> None:
    page.locator(".proof-all").evaluate("part => { part.open = true }")


def open_acts(page: Page) -> None:
    """The forms of transfer, secondment and departure."""
    page.locator(".act-form").evaluate_all("parts => parts.forEach(part => { part.open = true })")


def answer_nothing(page: Page) -> None:
    if not page.locator("#reply-error").count():
        page.fill("#reply", " ")
        page.locator("main form [type=submit], main form button").first.click()
        page.locator("#reply-error").wait_for()


def decide_nothing(page: Page) -> None:
    if not page.locator(".errors").count():
        page.locator(".notes-choice label").first.click()
        page.fill("#reason", " ")
        page.get_by_role("button", name=re.compile("保存判断|Save the decision")).click()
        page.locator(".errors").wait_for()


def add_nobody(page: Page) -> None:
    """Late additions with a line that fits nobody."""
    if not page.locator(".errors").count():
        page.fill("#people", "qx99999\n无此人")
        page.fill("#why", "新任职")
        page.locator("main form .btn-primary").click()
        page.locator(".errors").wait_for()


def open_rejection(page: Page) -> None:
    if not page.locator("#reject[open]").count():
        page.locator("#reject summary").click()
    page.locator("#reason").wait_for()


def extend_long(page: Page) -> None:
    """An extension that is shown with its numbers before it counts."""
    if page.locator("input#minutes").count():
        page.fill("#minutes", "60")
        page.fill("#why", "停电一小时")
        page.locator("main form .btn-primary").click()
        page.locator("input[name=sure]").wait_for(state="attached")


def try_results(page: Page) -> None:
    """A sheet of marks with one good line and three faults, tried and not written."""
    if page.locator("input#file").count():
        page.set_input_files("#file", {"name": "marks.csv", "mimeType": "text/csv", "buffer": MARKS.encode("utf-8-sig")})
        page.locator("main form .btn-primary").click()
        page.locator("main table").first.wait_for()


def refuse_nothing(page: Page) -> None:
    """Sent back without a reason: the form again, with its fault."""
    if page.locator("#reason").get_attribute("aria-invalid") is None:
        page.locator("#reason").evaluate("field => { field.form.noValidate = true }")
        page.get_by_role("button", name=re.compile("退回这份文件|Send the file back")).click()
        page.locator(".errors").wait_for()


MARKS = "工号,姓名,单位,成绩\nqx20417,沈砚秋,综合调度科,88\nqx10003,宋嘉禾,政策法规处,120\nqx99999,无此人,办公室,60\n"

PLACES = (
    Place("people.sign_in", NOBODY, "/sign-in"),
    Place("people.sign_in", NOBODY, "/sign-in", sign_in_wrongly, "refused"),
    Place("people.set_password", NOBODY, "{link}"),
    Place("people.second_step", NOBODY, "/sign-in", sign_in_carefully),
    Place("people.second_step", NOBODY, "/sign-in", wrong_code, "refused"),
    Place("people.second_step", NOBODY, "/sign-in", with_recovery_code, "recovery"),
    Place("people.reset_password", NOBODY, "/reset-password"),
    Place("people.reset_password", NOBODY, "/reset-password", reset_wrongly, "refused"),
    Place("people.second_factor", REVIEWER, "/account/second-factor?next=/review", name="off"),
    Place("people.second_factor", EDITOR, "/account/second-factor", name="scan"),
    Place("people.second_factor", CAREFUL, "/account/second-factor", name="on"),
    Place("people.second_factor", CAREFUL, "/account/second-factor", new_recovery_codes_refused, "refused"),
    Place("people.account", CAREFUL, "/account", name="second-factor"),
    Place("people.person", SECURITY, "{careful}", name="second-factor"),
    Place("people.person", SECURITY, "{careful}", make_code, "code"),
    Place("home.help_page", NOBODY, "/help"),
    Place("home.accessibility", NOBODY, "/accessibility"),
    Place("home.privacy", NOBODY, "/privacy"),
    Place("home.feedback", NOBODY, "/feedback"),
    Place("ui.gallery", NOBODY, "/gallery"),
    Place("people.account", CANDIDATE, "/account"),
    Place("privacy.own", CANDIDATE, "/account/personal-data"),
    Place("privacy.person_data", SYSTEM, "{person}/personal-data"),
    Place("people.own_password", CANDIDATE, "/account/password"),
    Place("attempts.my_exams", CANDIDATE, "/my-exams"),
    Place("attempts.begin", CANDIDATE, "{begin}"),
    Place("attempts.finished", CANDIDATE, "{receipt}"),
    Place("attempts.result", CANDIDATE, "{result}"),
    Place("attempts.finished", CANDIDATE, "{kept}", open_receipt, "whole"),
    Place("attempts.notes", CANDIDATE, "{noted}"),
    Place("attempts.notes", CANDIDATE, "{noted}", answer_nothing, "refused"),
    Place("marking.challenge", CANDIDATE, "{challenge}"),
    Place("marking.challenges", REVIEWER, "/challenges"),
    Place("marking.question", REVIEWER, "{question}"),
    Place("marking.regrade", ADMIN, "{regrade}"),
    Place("records.mine", CANDIDATE, "/my/study-file"),
    Place("records.study_file", ADMIN, "{study_file}"),
    Place("records.certificate", CANDIDATE, "{certificate}"),
    Place("records.verify", NOBODY, "/certificates", name="blank"),
    Place("records.verify", NOBODY, "{verify}"),
    Place("sittings.commitments", NOBODY, "/commitments"),
    Place("sittings.commitment", NOBODY, "/commitments/1"),
    Place("sittings.commitment", ADMIN, "{promised}", name="kept-back"),
    Place("sittings.notes", ADMIN, "{short}/notes"),
    Place("sittings.notes", ADMIN, "{held}/notes", name="empty"),
    Place("sittings.notes_of", ADMIN, "{note}"),
    Place("sittings.notes_of", ADMIN, "{note}", decide_nothing, "refused"),
    Place("attempts.my_exams", SITTER, "/my-exams", name="under-way"),
    Place("attempts.begin", SITTER, "{begin}", name="under-way"),
    Place("attempts.take", SITTER, "{take}", name="elsewhere"),
    Place("attempts.take", SITTER, "{take}", continue_here),
    Place("attempts.take", SITTER, "{take}", open_card, "card"),
    Place("attempts.take", SITTER, "{take}", open_submit, "submit"),
    Place("attempts.begin", LIAISON, "{waiting}", name="waiting"),
    Place("attempts.take", LIAISON, "{resting}", name="break"),
    Place("attempts.take", LIAISON, "{still}", name="paused"),
    Place("attempts.my_exams", LIAISON, "/my-exams", name="standing-still"),
    Place("people.persons", SYSTEM, "/people"),
    Place("people.persons", SECURITY, "/people?status=roles", name="security"),
    Place("people.person", SECURITY, "{person}", name="security"),
    Place("people.new_person", SYSTEM, "/people/new"),
    Place("people.person", SYSTEM, "{person}"),
    Place("people.person", SYSTEM, "{person}", open_acts, "acts"),
    Place("people.import_roster", SYSTEM, "/people/import"),
    Place("people.import_trial", SYSTEM, "{import}"),
    Place("people.import_trial", SYSTEM, "{import_good}", name="good"),
    Place("people.import_columns", SYSTEM, "{import}/columns"),
    Place("people.units", SYSTEM, "/units"),
    Place("people.units", SYSTEM, "/units?tree=party", name="party"),
    Place("people.new_unit", SYSTEM, "/units/new"),
    Place("people.unit", SYSTEM, "{unit}"),
    Place("audit.events", AUDITOR, "/audit"),
    Place("audit.event", AUDITOR, "{event}"),
    Place("jobs.index", ADMIN, "/jobs"),
    Place("jobs.index", CANDIDATE, "/jobs", name="empty"),
    Place("jobs.show", ADMIN, "{job}"),
    Place("plans.plans", ADMIN, "/plans"),
    Place("plans.plan", ADMIN, "{plan}"),
    Place("plans.overview", ADMIN, "{overview}"),
    Place("plans.adopt", ADMIN, "{adopt}"),
    Place("questions.bank", EDITOR, "/bank"),
    Place("questions.check", EDITOR, "/bank/check"),
    Place("questions.item", EDITOR, "{item}"),
    Place("questions.review", REVIEWER, "/review"),
    Place("questions.review", EDITOR, "/review?tab=changes", name="changes"),
    Place("questions.review", EDITOR, "/review?tab=done", name="done"),
    Place("questions.review_item", REVIEWER, "{review}"),
    Place("questions.review_item", REVIEWER, "{review}", open_rejection, "reject"),
    Place("questions.review_item", EDITOR, "{review}", name="own"),
    Place("questions.change", REVIEWER, "{change}"),
    Place("questions.edit", EDITOR, "{edit}"),
    Place("questions.generate", EDITOR, "/bank/generate"),
    Place("statutes.laws", ADMIN, "/laws"),
    Place("statutes.laws", EDITOR, "/laws?q=示例+办公室&old=1", name="found"),
    Place("statutes.laws", CANDIDATE, "/laws?q=没有这样的词语", name="nothing"),
    Place("statutes.version", CANDIDATE, "{law}/2024-06-20"),
    Place("statutes.version", EDITOR, "{law}/2019-03-01", open_contents, "old"),
    Place("statutes.version", ADMIN, "/laws/行政复议法/2023-09-01", name="registered"),
    Place("statutes.article", EDITOR, "{law}/2024-06-20/5?span=8-15"),
    Place("statutes.article", CANDIDATE, "/laws/行政复议法/2023-09-01/20", name="registered"),
    Place("statutes.compare", EDITOR, "{law}/compare"),
    Place("statutes.import_texts", ADMIN, "/laws/import"),
    Place("statutes.imported", ADMIN, "{imported}"),
    Place("exams.exams", ADMIN, "/exams"),
    Place("exams.new", ADMIN, "/exams/new"),
    Place("exams.show", ADMIN, "{draft}", name="draft"),
    Place("exams.show", ADMIN, "{running}", name="running"),
    Place("exams.show", LIAISON, "{running}", name="liaison"),
    Place("exams.edit", ADMIN, "{draft}/settings"),
    Place("exams.blueprint", ADMIN, "{draft}/blueprint"),
    Place("exams.audience", ADMIN, "{draft}/audience"),
    Place("exams.roster", ADMIN, "{running}/roster"),
    Place("rosters.entry", ADMIN, "{roster_entry}"),
    Place("rosters.own", CANDIDATE, "{excuse}"),
    Place("rosters.own", LIAISON, "{excuse}", name="ask"),
    Place("rosters.entry", LIAISON, "{unit_entry}", name="liaison"),
    Place("rosters.cases", ADMIN, "/excuses"),
    Place("rosters.case", LIAISON, "{case_open}"),
    Place("rosters.case", ADMIN, "{case}", name="closed"),
    Place("rosters.reasons", ADMIN, "/excuses/reasons"),
    Place("rosters.late", ADMIN, "{coming}/roster/late", add_nobody, "refused"),
    Place("sittings.sealed_files", ADMIN, "{running}/sealed-files"),
    Place("sittings.sealed_file", ADMIN, "{sealed}"),
    Place("sittings.sealed_file", ADMIN, "{sealed}", refuse_nothing, "refused"),
    Place("sittings.board", ADMIN, "{running}/board"),
    Place("sittings.board", LIAISON, "{running}/board", name="liaison"),
    Place("sittings.board", ADMIN, "{stopped}/board?state=working", name="paused"),
    Place("sittings.board", ADMIN, "{coming}/board?state=silent", name="nobody"),
    Place("sittings.person", ADMIN, "{time}"),
    Place("sittings.accommodations", ADMIN, "{held}/accommodations"),
    Place("sittings.accommodations", ADMIN, "{coming}/accommodations", name="empty"),
    Place("sittings.extension", ADMIN, "{held}/extension"),
    Place("sittings.extension", ADMIN, "{held}/extension", extend_long, "sure"),
    Place("sittings.pause", ADMIN, "{held}/pause"),
    Place("sittings.pause", ADMIN, "{stopped}/pause", name="resume"),
    Place("sittings.postponement", ADMIN, "{coming}/postponement"),
    Place("approvals.inbox", SECOND, "/approvals"),
    Place("approvals.inbox", REVIEWER, "/approvals", name="empty"),
    Place("approvals.show", SECOND, "{proposal}"),
    Place("approvals.show", ADMIN, "{proposal}", name="own"),
    Place("exams.show", ADMIN, "{unwanted}", name="waiting"),
    Place("sittings.board", SECOND, "{held}/board", name="approval"),
    Place("marking.marked", ADMIN, "{marking}/marked"),
    Place("marking.overview", ADMIN, "{marking}/overview"),
    Place("marking.override", ADMIN, "{marked}/override"),
    Place("marking.exams", ADMIN, "/marking"),
    Place("marking.next_answer", ADMIN, "{marking}"),
    Place("marking.answer", ADMIN, "{marked}"),
    Place("paper_exams.upload", ADMIN, "{paper}/paper-results"),
    Place("paper_exams.upload", ADMIN, "{paper}/paper-results", try_results, "tried"),
    Place("coverage.index", ADMIN, f"/coverage?year={YEAR}"),
    Place("coverage.index", LIAISON, f"/coverage?year={YEAR}", name="liaison"),
    Place("coverage.law", ADMIN, f"/coverage/law?law=民法典&year={YEAR}"),
    Place("coverage.article", ADMIN, f"/coverage/article?law=民法典&article=1165&year={YEAR}"),
    Place("filings.filings", ADMIN, "/filings"),
    Place("filings.filings", LIAISON, "/filings", name="liaison"),
    Place("filings.filing", ADMIN, "{filing}"),
    Place("filings.new", ADMIN, "/filings/new"),
    Place("filings.year", ADMIN, f"/filings/years/{YEAR}"),
    Place("filings.verify", NOBODY, "/verify"),
    Place("filings.verify", NOBODY, "/verify?number=2026-0001&version=1&code=0123", name="wrong"),
    Place("reports.ledger", ADMIN, f"/reports/{YEAR}"),
    Place("reports.ledger", LIAISON, f"/reports/{YEAR}", name="liaison"),
    Place("reports.not_yet", ADMIN, f"/reports/{YEAR}/not-yet"),
    Place("analysis.index", EDITOR, "/analysis"),
    Place("analysis.exam", ADMIN, "{analysis}"),
    Place("analysis.question", REVIEWER, "{analysed}"),
    Place("analysis.item", EDITOR, "{analysed_item}"),
    Place("reports.exam_report", ADMIN, "/reports{second}"),
    Place("reports.exam_report", ADMIN, "/reports{second}", open_export, "export"),
    Place("reports.exam_report", ADMIN, "/reports{paper}", name="paper"),
    Place("reports.exam_report", ADMIN, "/reports{running}", name="running"),
    Place("reports.people", ADMIN, "/reports{second}/people?measure=absent"),
    Place("reports.person", ADMIN, "/reports{second}/people?measure=sat", first_person),
    Place("reports.subjects", ADMIN, "/reports{second}/subjects"),
    Place("reports.progress", ADMIN, "/reports{running}/progress"),
    Place("reports.years", ADMIN, "/reports/years"),
)


def test_no_page_is_forgotten(app: Flask) -> None:
    """Whoever adds a page says here who looks at it, or why nobody does."""
    opened = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert opened - {place.endpoint for place in PLACES} - NOT_A_PAGE.keys() == set()
    assert {place.endpoint for place in PLACES} | NOT_A_PAGE.keys() <= opened


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSite]:
    folder = tmp_path_factory.mktemp("demo")
    with demo_site(folder / "instance", browser) as found:
        play(found, folder)
        yield found


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_page_in_chinese(site: DemoSite, place: Place) -> None:
    with_faults = Watch()
    page = opened(site, place, "zh", with_faults)
    with_faults.look(page, WIDE, "light")
    if EVERY_LOOK:
        with_faults.look(page, WIDE, "dark")
    page = reopened(page, place, PHONE)
    with_faults.look(page, PHONE, "dark")
    if EVERY_LOOK:
        with_faults.look(page, PHONE, "light")
    with_faults.fits(page, NARROW)
    page.close()
    assert not with_faults.found, "\n".join(with_faults.found)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_page_in_english(site: DemoSite, place: Place) -> None:
    with_faults = Watch()
    page = opened(site, place, "en", with_faults)
    if EVERY_LOOK:
        with_faults.look(page, WIDE, "light")
    with_faults.fits(page, WIDE)
    with_faults.fits(page, PHONE)
    with_faults.fits(page, NARROW)
    page.close()
    assert not with_faults.found, "\n".join(with_faults.found)


def opened(site: DemoSite, place: Place, language: str, watch: Watch) -> Page:
    who = site.made["sitter"] if place.who == SITTER else place.who
    page = site.door(who, language).new_page()
    page.on("console", watch.hear)
    page.on("pageerror", lambda error: watch.found.append(f"script: {error}"))
    answer = page.goto(place.address.format_map(site.made))
    assert answer is not None
    assert answer.status < 400, f"{page.url} answers {answer.status}"
    settle(page, place)
    place.act(page)
    return page


def settle(page: Page, place: Place) -> None:
    """A paper asks the server whether this tab may answer; other pages are ready when they are loaded."""
    if place.endpoint == "attempts.take":
        page.wait_for_load_state("networkidle")


def reopened(page: Page, place: Place, width: int) -> Page:
    """The same at another width, loaded anew where scripts or acts look at the width."""
    page.set_viewport_size({"width": width, "height": 844})
    if place.act in (continue_here, open_card, open_submit):
        page.reload()
        settle(page, place)
        place.act(page)
    return page


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
