"""A browser that keeps little or nothing: without a database, in a private window, without encryption."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.hall import (
    CUTTING,
    PHONE,
    Hall,
    Sitter,
    begin,
    choose,
    cut,
    hand_in,
    kept_on_device,
    mend,
    ready,
    saved,
    singles,
    unsaved,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
NO_DATABASE = "indexedDB.open = () => { throw new DOMException('forbidden', 'SecurityError'); };"
NO_LOCAL = """for (const name of ['getItem', 'setItem', 'removeItem', 'key'])
  Storage.prototype[name] = () => { throw new DOMException('forbidden', 'SecurityError'); };"""


def test_without_a_database_the_other_store_serves(exam_hall: Hall, sitter: Sitter) -> None:
    context = exam_hall.context(sitter, **PHONE)
    context.add_init_script(NO_DATABASE + CUTTING)
    page = context.new_page()
    begin(page, sitter)
    asked = singles(sitter)
    cut(page)
    choose(page, asked[0], 3)
    unsaved(page, 1)
    kept = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('quizapp-outbox:'))")
    assert len(kept) == 1
    assert "response" not in kept[0][1]
    page.reload()
    ready(page)
    expect(page.locator(f"#q{asked[0]}o3")).to_be_checked()
    mend(page)
    saved(page, timeout=60_000)
    assert sitter.stored() == {asked[0]: ["3"]}
    assert hand_in(page) == "1"
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_a_private_window_says_that_answers_live_in_the_page(exam_hall: Hall, sitter: Sitter) -> None:
    """Neither store may be used: everything works, and what that means is said loudly."""
    context = exam_hall.context(sitter, **PHONE)
    context.add_init_script(NO_DATABASE + NO_LOCAL + CUTTING)
    page = context.new_page()
    begin(page, sitter)
    expect(page.locator("#note")).to_contain_text("这个浏览器不在本机留存作答")
    asked = singles(sitter)
    page.context.set_offline(True)
    for number in asked[:2]:
        choose(page, number, 4)
    unsaved(page, 2)
    expect(page.locator("#banner")).to_contain_text("不要刷新或者关闭页面")
    page.context.set_offline(False)
    saved(page, timeout=60_000)
    assert sitter.stored() == {number: ["4"] for number in asked[:2]}
    assert hand_in(page) == "2"


def test_without_encryption_nothing_is_written_to_the_device(exam_hall: Hall, sitter: Sitter) -> None:
    """Browsers give their encryption to safe addresses only. On any other, answers live in the page, and it says so."""
    port = exam_hall.address.rsplit(":", 1)[1]
    address = f"http://exam.test:{port}"
    browser = exam_hall.browser.browser_type.launch(
        executable_path=exam_hall.chromium, args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP exam.test 127.0.0.1"],
    )
    try:
        context = browser.new_context(base_url=address, locale="zh-CN", **PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.add_cookies([exam_hall.cookie(sitter, address)])  # type: ignore[list-item]
        page = context.new_page()
        begin(page, sitter)
        assert page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
        expect(page.locator("#note")).to_contain_text("这个浏览器不在本机留存作答")
        asked = singles(sitter)
        page.context.set_offline(True)
        choose(page, asked[0], 2)
        unsaved(page, 1)
        assert [sorted(one) for one in kept_on_device(page)] in ([], [["session"], ["session"]])
        expect(page.locator("[data-seal]:visible")).to_have_count(0)
        page.context.set_offline(False)
        saved(page, timeout=60_000)
        assert hand_in(page) == "1"
        assert sitter.stored() == {asked[0]: ["2"]}
    finally:
        browser.close()
