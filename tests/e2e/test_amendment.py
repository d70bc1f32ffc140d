"""A law is amended, in a real browser: items on the old text, the new text brought in, quarantine, review, publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people import service
from quizapp.statutes.rules.reading import parse_text
from quizapp.statutes.rules.register import fingerprint_line
from quizapp.statutes.rules.wording import fingerprint, span_of
from tests.builders.people import grant, make_person
from tests.conftest import close_connections, make_app
from tests.databases import both_databases
from tests.e2e.conftest import Installation, desk
from tests.e2e.test_story import PASSWORD, sign_in_by_link

pytestmark = [pytest.mark.e2e, pytest.mark.shared, pytest.mark.timeout(240)]

LAW, OLD, NEW = "行政复议法", "2017-09-01", "2023-09-01"
FOLDER = "statutes/诉讼与非诉讼程序法"
CODE = "reconsideration-001"
QUOTE = "应当在五日内进行审查"
REVIEWERS = {"lawyer1": "何清言", "lawyer2": "许文博"}


def text_file(shared: Path, version: str) -> Path:
    return shared / FOLDER / f"{LAW}({version}).md"


@pytest.fixture
def bank(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One item, proved by the law of 2017; the register knows nothing of a later version."""
    articles = {one.number: one for one in parse_text(text_file(shared, OLD).read_text(encoding="utf-8")).articles}
    folder = tmp_path / "bank"
    (folder / "reconsideration").mkdir(parents=True)
    write(folder / "subjects.yaml", [{"id": "reconsideration", "name": "行政复议", "name_en": "Reconsideration", "terms": ["行政复议"]}])
    write(folder / "laws.yaml", [{
        "title": f"中华人民共和国{LAW}", "name": LAW, "aliases": ["复议法"], "issuer": "全国人民代表大会常务委员会", "kind": "law",
        "versions": [{"version": OLD, "in_force_since": "2018-01-01", "articles": 43}]}])
    prints = [(number, one.fingerprint) for number, one in articles.items()]
    (folder / "fingerprints.txt").write_text(fingerprint_line(LAW, OLD, prints) + "\n", encoding="utf-8")
    text = articles["17"].text
    write(folder / "reconsideration" / "acceptance.yaml", {"subject": "reconsideration", "topic": "受理", "items": [{
        "id": CODE, "type": "single", "difficulty": 1, "applied": True,
        "stem": "某局作为复议机关，周一上午收到张某的复议申请。它审查这份申请，最长可以用多少天？",
        "options": {"A": "三日", "B": "五日", "C": "七日", "D": "十日"}, "key": ["B"],
        "explanation": "复议机关收到申请以后，法律给它五日的时间审查是否受理。",
        "distractors": dict.fromkeys("ACD", "条文规定的审查期限是五日。"),
        "basis": [{"law": LAW, "version": OLD, "article": 17, "text": fingerprint(text), "span": list(span_of(text, QUOTE) or ())}],
    }]})
    monkeypatch.setenv("QUIZAPP_BANK", str(folder))
    return folder


def write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture
def reviewed(bank: Path, installation: Installation, database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """The installation with two public lawyers who can sign in."""
    app = make_app(database_url, tmp_path / "beside")
    with app.app_context(), db.transaction() as session:
        for login, name in REVIEWERS.items():
            person = make_person(session, name, login=login)
            service.set_password(session, person, PASSWORD)
            for role in (Role.REVIEWER, Role.EDITOR):
                grant(session, person, role)
    yield installation
    close_connections(app)


@both_databases
def test_a_law_is_amended(reviewed: Installation, browser: Browser, shared: Path) -> None:
    office = desk(browser, base_url=reviewed.address)
    admin = office.new_page()
    sign_in_by_link(admin, reviewed.link)
    build(admin)
    bring_in(admin, text_file(shared, OLD))
    assert standing(admin) == "已发布"
    bring_in(admin, text_file(shared, NEW))

    first = reviewer(browser, reviewed, "lawyer1")
    address = settle(first)
    refused_to_the_same(first, address)
    second = reviewer(browser, reviewed, "lawyer2")
    accept(second, address)
    cited_by_the_new_article(second)
    for page in (admin, first, second):
        page.context.close()


def build(page: Page) -> None:
    page.goto("/bank")
    page.get_by_role("button", name="装入题库").first.click()
    expect(page.get_by_text(re.compile(r"新增 1 道"))).to_be_visible(timeout=30_000)


def bring_in(page: Page, file: Path) -> None:
    page.goto("/laws/import")
    page.set_input_files("#files", file)
    page.get_by_role("button", name="上传并导入").click()
    expect(page.get_by_text(re.compile(r"(新增|导入).*1"))).to_be_visible(timeout=30_000)


def standing(page: Page) -> str:
    page.goto(f"/bank/items/{CODE}")
    return page.locator(".item-tags .tag").first.inner_text().strip()


def reviewer(browser: Browser, installation: Installation, login: str) -> Page:
    page = desk(browser, base_url=installation.address).new_page()
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.locator("form[action*='sign-in'] [type=submit]").click()
    expect(page.get_by_role("navigation", name="主要栏目").first).to_be_attached()
    return page


def settle(page: Page) -> str:
    """The item is out of use since the day on which the new law began; it is mended by the new article."""
    page.goto("/review?tab=changes")
    page.get_by_role("link", name=CODE).click()
    expect(page.get_by_text("从 2024-01-01 起不再用于组卷")).to_be_visible()
    expect(page.locator("main")).to_contain_text("第十七条")
    expect(page.locator("main")).to_contain_text(QUOTE)
    page.get_by_role("link", name="对照新条文修改").click()
    page.fill("#article_1", "30")
    page.fill("#quote_1", QUOTE)
    page.get_by_role("button", name="提交审题").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CODE)
    return page.url


def refused_to_the_same(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("编和审不能是同一个人")).to_be_visible()
    expect(page.get_by_role("button", name="通过")).to_have_count(0)


def accept(page: Page, address: str) -> None:
    """The proving words are marked in the article of 2023; the key A accepts."""
    page.goto(address)
    expect(page.locator("mark.proof")).to_have_text(QUOTE)
    expect(page.locator(".source")).to_contain_text(f"{NEW} 版本")
    page.keyboard.press("a")
    expect(page.get_by_text("已通过，之后组卷会用到这道题")).to_be_visible()
    assert standing(page) == "已发布"
    page.goto("/review?tab=changes")
    expect(page.get_by_text("没有受法律变动影响的试题")).to_be_visible()


def cited_by_the_new_article(page: Page) -> None:
    page.goto(f"/laws/{LAW}/{NEW}/30")
    expect(page.get_by_role("link", name=re.compile(CODE))).to_be_visible()
