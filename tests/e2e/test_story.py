"""The whole story in a real browser: report → plan → bank → exam → phone without network → rates → Excel."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from quizapp import clock
from tests.databases import both_databases
from tests.e2e.conftest import ROSTER, Installation, desk, phone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

REPORT = Path(__file__).resolve().parent.parent.parent / "quizapp/ops/demo/reports/清溪市机关事务管理局2025年法治政府建设情况报告.txt"
PASSWORD = "松间明月照，石上清泉流"
YEAR = 2025


@both_databases
def test_from_a_report_to_a_pass_rate(installation: Installation, browser: Browser, tmp_path: Path) -> None:
    office = desk(browser)
    admin = office.new_page()
    admin.on("dialog", Dialog.accept)
    sign_in_by_link(admin, installation.link)
    bring_people(installation, admin, tmp_path)
    read_the_report(installation, admin)
    build_the_bank(admin)
    exam_id = publish_an_exam(installation, admin)
    assert tile(admin, installation, exam_id, "实考") == "0"
    link = link_for(installation, admin, "qx20417")

    pocket = phone(browser)
    candidate = pocket.new_page()
    sign_in_by_link(candidate, link)
    score = take_the_exam(candidate)

    assert tile(admin, installation, exam_id, "实考") == "1"
    assert tile(admin, installation, exam_id, "参考率") == "20.00"
    check_the_workbook(admin, score)
    pocket.close()
    office.close()


def sign_in_by_link(page: Page, link: str) -> None:
    page.goto(link)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="设好并登录").click()
    expect(page.get_by_role("navigation", name="主要栏目").first).to_be_attached()


def bring_people(installation: Installation, page: Page, folder: Path) -> None:
    page.goto(f"{installation.address}/units")
    roster = folder / "roster.csv"
    roster.write_text(ROSTER.format(code=top_unit_code(page)), encoding="utf-8-sig")
    assert "新增 4 人" in installation.command("roster", "import", str(roster))


def top_unit_code(page: Page) -> str:
    return page.locator("tr", has_text="清溪市机关事务管理局").locator("[data-label=编码]").inner_text().strip()


def read_the_report(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.address}/plans")
    page.set_input_files("#file", REPORT)
    page.get_by_role("button", name="读入报告").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{YEAR} 年计划")
    # what was interpreted has to be decided one by one
    for row in page.locator("li.fact", has_text="按字面推断").all():
        row.locator("label", has_text="确认").first.click()
    page.get_by_role("button", name="确认计划").click()
    expect(page.get_by_text("接下来三步")).to_be_visible()
    expect(page.locator(".tile", has_text="线上考试").locator(".figure")).to_contain_text("2")


def build_the_bank(page: Page) -> None:
    page.get_by_role("button", name="建题库").click()
    expect(page.get_by_text(re.compile(r"新增 \d+ 道"))).to_be_visible(timeout=60_000)


def publish_an_exam(installation: Installation, page: Page) -> int:
    page.goto(f"{installation.address}/exams/new?year={YEAR}")
    now = clock.to_local(clock.now())
    page.fill("#opens_at", f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.fill("#closes_at", f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.select_option("#release", "at_once")
    page.get_by_role("button", name="建为草稿").click()
    exam_id = int(page.url.rsplit("/", 1)[1])
    page.get_by_role("link", name="改细目表").click()
    only_a_few_questions(page)
    page.get_by_role("button", name="发布考试").click()
    expect(page.get_by_text("已发布。名单和试卷从现在起固定")).to_be_visible()
    return exam_id


def only_a_few_questions(page: Page) -> None:
    """Ten single choices of ten marks, so that the test does not take an hour."""
    rows = page.locator("#bp-rows tr")
    rows.first.wait_for()  # a count is taken at once, also of a page that is still coming
    for number in range(rows.count()):
        rows.nth(number).locator("[name=count]").fill("10" if number == 0 else "")
        rows.nth(number).locator("[name=marks]").fill("10" if number == 0 else "")
    rows.first.locator("[name=subject]").select_option("")
    rows.first.locator("[name=type]").select_option("single")
    page.get_by_role("button", name="保存细目表").click()
    expect(page.get_by_text("总分 100 分")).to_be_visible()


def link_for(installation: Installation, page: Page, login: str) -> str:
    page.goto(f"{installation.address}/people?q={login}")
    page.get_by_role("link", name="沈砚秋").click()
    page.get_by_role("button", name="生成一次性链接").click()
    return page.locator("#new-link").input_value()


def take_the_exam(page: Page) -> str:
    """Ten questions; the network goes after the third answer and comes back after the sixth."""
    page.get_by_role("link", name="看规则，准备开始").click()
    page.locator("label[for=understood]").click()
    answer_before_the_tab_is_confirmed(page)
    state = page.locator("#save-state")
    for number in range(1, 11):
        if number == 4:
            page.context.set_offline(True)
        question = shown_question(page, number)
        question.locator(".option input").first.click()
        if number in (3, 10):
            expect(state).to_contain_text("已保存")
        if number == 6:
            expect(page.locator("#banner")).to_contain_text("网络已断开")
            expect(state).to_contain_text("未保存")
            page.context.set_offline(False)
            expect(state).to_contain_text("已保存", timeout=60_000)
        if number == 7:
            # at once, without waiting for the save: nothing may be lost
            page.reload()
            page.goto(f"{page.url.partition('#')[0]}#q7")
            shown_question(page, 7)
        if number < 10:
            page.locator("#next").click()
    page.locator("nav [data-submit]").click()
    expect(page.locator("#submit-h")).to_contain_text("交卷")
    page.locator("#confirm-submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已交卷")
    expect(page.locator("dl.receipt")).to_contain_text("10 题中答了 10 题")
    page.get_by_role("link", name="看成绩和答卷").click()
    shown = re.search(r"(\d+(?:\.\d+)?)\s*分", page.locator("main").inner_text())
    assert shown
    return shown.group(1)


def answer_before_the_tab_is_confirmed(page: Page) -> None:
    """The first tap comes before the server has said that this tab may answer: the page stays where the finger is."""
    waiting: list[Route] = []
    page.route("**/claim", lambda route: waiting.append(route))  # Playwright marks what it is given: no bare method
    page.get_by_role("button", name="开始作答").click()
    page.locator("body.live").wait_for()
    shown_question(page, 1).locator(".option input").first.click()
    expect(page.locator("#save-state")).to_contain_text("保存中")
    with page.expect_response("**/claim"):
        waiting[0].continue_()
    page.unroute("**/claim")
    expect(page.locator("#save-state")).to_contain_text("已保存")
    shown_question(page, 1)


def shown_question(page: Page, number: int) -> Locator:
    question = page.locator("fieldset:visible").first
    expect(question.locator(".exam-legend b")).to_have_text(str(number))
    return question


def tile(page: Page, installation: Installation, exam_id: int, name: str) -> str:
    page.goto(f"{installation.address}/reports/exams/{exam_id}")
    figure = page.locator(".tile", has=page.locator("dt b", has_text=re.compile(f"^{name}$"))).locator(".figure")
    return re.sub(r"[^\d.]", "", figure.first.inner_text())


def check_the_workbook(page: Page, score: str) -> None:
    page.locator("details.menu > summary", has_text="导出").click()
    with page.expect_download() as waiting:
        page.locator(".menu-list a", has_text="Excel").click()
    book = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()), data_only=True)
    cells = {str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert any("应考" in cell for cell in cells)
    assert any("实考 ÷ 应考" in cell for cell in cells)
    summary = book.worksheets[0]
    numbers = [cell.value for row in summary.iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert 5 in numbers  # expected: four from the roster and the administrator
    assert 0.2 in numbers  # one of five has sat
    names = [cell for cell in cells if "沈砚秋" in cell]
    assert names
    people = next(sheet for sheet in book.worksheets if any("沈砚秋" in str(c.value) for row in sheet.iter_rows() for c in row))
    line = next(row for row in people.iter_rows() if any("沈砚秋" in str(c.value) for c in row))
    assert float(score) in [float(c.value) for c in line if isinstance(c.value, int | float)]
