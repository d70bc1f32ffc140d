"""Exams while they are sat: waiting, a break, a pause, more time, and answers brought as a sealed file."""

from __future__ import annotations

from playwright.sync_api import Page

from quizapp import clock
from tests.builders.sealed import contents, sealed
from tests.e2e.demo.exams import published
from tests.e2e.demo.site import ADMIN, LIAISON, DemoSite, acting, path_of
from tests.e2e.demo.taking import begin, exam_data


def hold_sittings(site: DemoSite) -> None:
    """The liaison waits for one exam, has a break in another, and sits in a third that is paused."""
    with acting(site, ADMIN) as page:
        coming, held, stopped = published(page, days=1), published(page, days=0), published(page, days=0)
        site.made |= {"coming": coming, "held": held, "stopped": stopped}
        site.made["waiting"] = coming.replace("/exams/", "/my-exams/")
        page.goto(f"{held}/accommodations")
        page.fill("#login", LIAISON)
        page.get_by_role("button", name="登记这个人的便利措施").click()
        page.wait_for_url("**/people/*")
        site.made["time"] = path_of(page)
        page.select_option("#extra_percent", "50")
        page.fill("#break_minutes", "120")
        page.get_by_role("button", name="登记便利措施").click()
        page.get_by_text("便利措施已登记").wait_for()
    with acting(site, LIAISON) as page:
        site.made["resting"] = begin(page, held)
        page.locator(".exam-break button").click()
        page.get_by_role("heading", name="休息中").wait_for()
        site.made["still"] = begin(page, stopped)
    with acting(site, ADMIN) as page:
        page.goto(f"{stopped}/pause")
        page.fill("#why", "机房停电")
        page.get_by_role("button", name="暂停考试").click()
        page.get_by_text("考试已暂停").first.wait_for()


def seal_answers(site: DemoSite) -> bytes:
    """A file with answers of the attempt under way, as its page would seal it: older ones, the same, and new ones."""
    with acting(site, site.made["sitter"]) as page:
        page.goto(site.made["take"])
        data = exam_data(page)
        kinds = page.eval_on_selector_all(".question", "all => all.map(one => one.dataset.kind)")
    given = {"single": ["1"], "multiple": ["1", "2"], "true_false": ["true"]}
    saves = [{"q": n, "seq": 1 if n == 1 else 50_000_000 + n, "response": given[kind], "flagged": False, "seen": True}
             for n, kind in enumerate(kinds[:12], 1) if kind in given]
    return sealed(data["sealing"], contents(attempt=data["attempt"], candidate=data["person"], saves=saves,
                                            saved_at=clock.now().isoformat()))


def bring_file(site: DemoSite, page: Page, file: bytes) -> None:
    """To whoever holds the exam; nobody has decided on it yet."""
    page.goto(f"{site.made['running']}/sealed-files")
    page.set_input_files("#file", {"name": "封存作答-1012.quizapp", "mimeType": "application/octet-stream", "buffer": file})
    page.get_by_role("button", name="收下文件").click()
    page.wait_for_url("**/sealed-files/*")
    site.made["sealed"] = path_of(page)
