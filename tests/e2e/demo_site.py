"""The demo agency served for the tests of single pages and for the pictures of the documentation."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, BrowserContext, Dialog, Page

from quizapp import clock
from tests.builders.sealed import contents, sealed
from tests.builders.statutes import BROKEN_TEXT, OLD, SAMPLE, TEXTS, write_texts
from tests.e2e.conftest import ROOT, free_port, run, wait_for

REPORTS = ROOT / "quizapp/ops/demo/reports"
YEAR = 2023
ADMIN, LIAISON, EDITOR, REVIEWER, SYSTEM, AUDITOR, CANDIDATE = (
    "qx10001", "qx10002", "qx10003", "qx10004", "qx10005", "qx10006", "qx20417",
)
SECOND = "qx30007"  # the other exam administrator
SECURITY = "qx30008"  # who grants roles
# a person with a role and a second factor, whom the story makes
CAREFUL, CAREFUL_PASSWORD = "qx39001", "抄在纸上的恢复码要放好"
SIGN_IN = re.compile(r"^ {2}(qx\d+) .* (\S+)$", re.M)


@dataclass
class DemoSite:
    """A served demo: its address, fresh passwords by login, and addresses by name that the story made."""

    address: str
    browser: Browser
    passwords: dict[str, str]
    made: dict[str, str] = field(default_factory=dict)
    doors: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def context(self, login: str, language: str = "zh", **settings: object) -> BrowserContext:
        """A browser of its own in that language, signed in as that person; nobody for an empty login."""
        given = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN", "reduced_motion": "reduce", **settings}
        context = self.browser.new_context(base_url=self.address, **given)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/sign-in")
        if login:
            page.fill("#login", login)
            page.fill("#password", self.passwords[login])
            page.locator("form[action*='sign-in'] [type=submit]").click()
            page.wait_for_url(lambda address: "/sign-in" not in address)
        token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        # chosen in the session, so that another browser of the same person does not change it
        done = page.request.post("/language", form={"language": language, "csrf_token": token})
        assert done.ok
        page.close()
        return context

    def door(self, login: str, language: str = "zh") -> BrowserContext:
        """The context of that person and language, opened once and kept."""
        if (login, language) not in self.doors:
            self.doors[login, language] = self.context(login, language)
        return self.doors[login, language]


@contextmanager
def demo_site(folder: Path, browser: Browser) -> Iterator[DemoSite]:
    """`quizapp demo --no-serve` and `quizapp serve` in a folder of their own, stopped at the end."""
    environment = {
        **os.environ, "QUIZAPP_INSTANCE": str(folder), "QUIZAPP_SECRET_KEY": "a key for the demo", "QUIZAPP_DEMO": "1",
        "PYTHONWARNINGS": "default",
    }
    environment.pop("DATABASE_URL", None)
    passwords = dict(SIGN_IN.findall(run(environment, "demo", "--no-serve")))
    assert {ADMIN, CANDIDATE} <= passwords.keys()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "quizapp", "serve", "--port", str(port), "--workers", "1"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", server)
        site = DemoSite(f"http://127.0.0.1:{port}", browser, passwords)
        yield site
        for context in site.doors.values():
            context.close()
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


def play(site: DemoSite, folder: Path) -> None:
    """What the demo leaves to its visitor, so that every page has something to show."""
    with acting(site, ADMIN) as page:
        read_reports(site, page, folder)
        make_exams(site, page)
        publish_short_answers(site, page)
        hand_in_report(site, page)
        follow(site, page)
    rest_on_the_old_law(site, folder)
    with acting(site, ADMIN) as page:
        import_laws(site, page, folder)
        analyse_an_exam(site, page)
    review_items(site)
    with acting(site, SYSTEM) as page:
        change_people(site, page, folder)
    set_up_second_factor(site)
    with acting(site, AUDITOR) as page:
        page.goto("/audit")
        site.made["event"] = first_link(page, "/audit/")
    take_exams(site)
    answer_at_length(site)
    hold_sittings(site)
    apply_for_deferral(site)
    file = seal_answers(site)
    with acting(site, ADMIN) as page:
        propose(site, page)
        mark_one(site, page)
        doubt(site, page)
        bring_file(site, page, file)


@contextmanager
def acting(site: DemoSite, login: str) -> Iterator[Page]:
    page = site.door(login).new_page()
    page.on("dialog", Dialog.accept)
    yield page
    page.close()


def hand_in_report(site: DemoSite, page: Page) -> None:
    """A report of the latest exam that is over, and the draft of a year."""
    page.goto("/filings/new")
    page.select_option("#exam", index=1)
    page.get_by_role("button", name="生成第 1 版").click()
    page.wait_for_url(re.compile(r"/filings/\d+$"))
    site.made["filing"] = path_of(page)


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def first_link(page: Page, beginning: str, wanted: Callable[[str], bool] = lambda _path: True) -> str:
    """The path of the first link of the page that begins so; fails where there is none."""
    found = [urlsplit(link.get_attribute("href") or "").path for link in page.locator(f"main a[href^='{beginning}']").all()]
    assert any(map(wanted, found)), f"{page.url}: no link to {beginning} among {found}"
    return next(path for path in found if wanted(path))


def read_reports(site: DemoSite, page: Page, folder: Path) -> None:
    """A draft of 2025 from the demo's report, and a second report of the same year that waits for a decision."""
    page.goto("/plans")
    site.made["overview"] = first_link(page, "/plans/", lambda path: path.endswith("/overview"))
    page.get_by_role("button", name="读入演示报告").click()
    page.wait_for_url("**/plans/*")
    site.made["plan"] = path_of(page)
    other = folder / "另一份报告.txt"
    first = next(REPORTS.glob("*2025*")).read_text(encoding="utf-8")
    other.write_text(first + "\n\n本报告向社会公布。\n", encoding="utf-8")
    page.goto("/plans")
    page.set_input_files("#file", other)
    page.get_by_role("button", name="读入报告").click()
    page.wait_for_url("**/plans/reports/*")
    site.made["adopt"] = path_of(page)


def analyse_an_exam(site: DemoSite, page: Page) -> None:
    """The worker may have done so already: then it is done anew."""
    site.made["analysis"] = site.made["second"].replace("/exams/", "/analysis/exams/")
    page.goto(site.made["analysis"])
    page.get_by_role("button", name=re.compile("重新分析|现在分析")).click()
    page.get_by_role("link", name="看结果").click()
    page.wait_for_url(f"**{site.made['analysis']}")
    site.made["analysed"] = first_link(page, f"{site.made['analysis']}/questions/")
    page.goto(site.made["analysed"])
    site.made["analysed_item"] = first_link(page, "/bank/items/").replace("/bank/", "/analysis/")


def make_exams(site: DemoSite, page: Page) -> None:
    """A draft; and the addresses of the exams that the demo brings, by their kind."""
    site.made["draft"] = draft(page, days=20)
    page.goto("/exams")
    this_year = clock.today().year
    for name, title in (("running", f"{this_year} 年下半年学法用法线上考试"), ("paper", "2023 年部门集中考法（纸质闭卷）"),
                        ("second", "2023 年下半年学法用法线上考试")):
        site.made[name] = urlsplit(page.get_by_role("link", name=title, exact=True).get_attribute("href") or "").path
    page.goto(f"{site.made['running']}/roster")
    site.made["roster_entry"] = first_link(page, f"{site.made['running']}/roster/", lambda path: path[-1].isdigit())


def draft(page: Page, days: int) -> str:
    """A new exam that opens an hour ago and as many days from now, with its proposed name; its path."""
    page.goto("/exams/new")
    opens = clock.to_local(clock.now()) + timedelta(days=days, hours=-1)
    page.fill("#opens_at", f"{opens:%Y-%m-%dT%H:%M}")
    page.fill("#closes_at", f"{opens + timedelta(days=4):%Y-%m-%dT%H:%M}")
    page.select_option("#release", "at_once")
    page.select_option("#markers", "1")  # one of the pages shows an answer with its marks
    page.get_by_role("button", name="建为草稿").click()
    page.wait_for_url(re.compile(r"/exams/\d+$"))
    return path_of(page)


def publish_short_answers(site: DemoSite, page: Page) -> None:
    """An exam of two short answers, open now: something to mark."""
    site.made["short"] = published(page, days=0)


def published(page: Page, days: int) -> str:
    """An exam of two short answers that everybody may sit; its path."""
    made = draft(page, days)
    page.goto(f"{made}/blueprint")
    rows = page.locator("#bp-rows tr")
    for number in range(rows.count()):
        rows.nth(number).locator("[name=count]").fill("2" if number == 0 else "")
        rows.nth(number).locator("[name=marks]").fill("50" if number == 0 else "")
    rows.first.locator("[name=subject]").select_option("")
    rows.first.locator("[name=type]").select_option("short")
    page.get_by_role("button", name="保存细目表").click()
    page.get_by_role("button", name="发布考试").click()
    page.get_by_text("已发布。名单和试卷从现在起固定").wait_for()
    return made


def begin(page: Page, exam: str) -> str:
    """Start an exam; the path of the paper."""
    page.goto(exam.replace("/exams/", "/my-exams/"))
    page.locator("label[for=understood]").click()
    page.get_by_role("button", name="开始作答").click()
    page.wait_for_url("**/my/attempts/*")
    page.locator("body.live").wait_for()
    return path_of(page)


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


def apply_for_deferral(site: DemoSite) -> None:
    """The candidate asks with a file, the liaison consents and asks for somebody else, the administrator decides;
    another application stays open, and somebody comes to the roster late."""
    site.made["excuse"] = site.made["coming"].replace("/exams/", "/my/exams/") + "/excuse"
    site.made["excuse_open"] = site.made["held"].replace("/exams/", "/my/exams/") + "/excuse"
    with acting(site, CANDIDATE) as page:
        for own, reason in ((site.made["excuse"], "缓考 · 因公出差"), (site.made["excuse_open"], "免考 · 长期病假")):
            page.goto("/my-exams")
            page.locator(f"a[href='{own}']").click()
            page.select_option("#reason", label=reason)
            page.fill("#note", "12 月 1 日至 9 日参加外地的业务交流。")
            page.set_input_files("#files", {"name": "出差审批单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 form"})
            page.get_by_role("button", name="提出申请").click()
            page.get_by_text("申请已提出").wait_for()
    with acting(site, LIAISON) as page:
        page.goto(f"{site.made['running']}/roster")
        site.made["unit_entry"] = first_link(page, f"{site.made['running']}/roster/", lambda path: path[-1].isdigit())
        page.goto("/excuses")
        site.made["case_open"] = first_link(page, "/excuses/", lambda path: path != "/excuses/reasons")
        row = page.locator("tr", has_text="因公出差").first
        row.get_by_role("link").first.click()
        site.made["case"] = path_of(page)
        page.get_by_role("button", name="单位同意", exact=True).click()
        page.get_by_text("已同意，等考试管理员决定").wait_for()
    with acting(site, ADMIN) as page:
        page.goto(site.made["case"])
        page.get_by_role("button", name="同意缓考", exact=True).click()
        page.get_by_text("已同意，名单状态已改").wait_for()
        page.goto(f"{site.made['coming']}/roster/late")
        page.fill("#people", "qx99999")
        page.fill("#why", "新任职")
        page.get_by_role("button", name="补进名单").click()
        page.get_by_text("第 1 行 qx99999").wait_for()
    with acting(site, CANDIDATE) as page:
        page.goto("/my-exams")
        page.get_by_text("缓考：已同意").wait_for()


def propose(site: DemoSite, page: Page) -> None:
    """A draft to be deleted and more time for everybody: both wait for the other exam administrator."""
    site.made["unwanted"] = draft(page, days=30)
    page.locator(".ask > summary").click()
    page.fill("#why", "建重了，同名的考试已经有一场")
    page.get_by_role("button", name="提出：删除草稿").click()
    page.get_by_text("等待另一人同意：删除草稿").wait_for()
    site.made["proposal"] = first_link(page, "/approvals/")
    page.goto(f"{site.made['held']}/extension")
    page.fill("#minutes", "15")
    page.fill("#why", "停电一刻钟")
    page.get_by_role("button", name="提出：全场延时").click()
    page.get_by_text("等待另一人同意：全场延时 15 分钟").wait_for()


def answer_at_length(site: DemoSite) -> None:
    with acting(site, CANDIDATE) as page:
        begin(page, site.made["short"])
        note_something(page)
        for number in (1, 2):
            page.locator(f"#q{number} textarea").fill("应当先查明权属和用途，再按规定的程序报批，并把依据和理由写进记录。")
            if number == 1:
                page.locator("#next").click()
        page.locator("#save-state", has_text="已保存").wait_for()
        page.locator("nav [data-submit]").click()
        page.locator("#confirm-submit").click()
        page.wait_for_url("**/receipt")
        site.made["kept"] = path_of(page)
        site.made["promised"] = site.made["short"].replace("/exams/", "/commitments/")
        site.made["noted"] = site.made["kept"].replace("/receipt", "/notes")
        site.made["note"] = f"{site.made['short']}/notes/{site.made['kept'].split('/')[3]}"


def note_something(page: Page) -> None:
    """What the page sends by itself when it has been out of sight and without a network for a while."""
    data = json.loads(page.locator("#exam-data").text_content() or "")
    notes = [{"kind": "hidden", "lasted": 12}, {"kind": "hidden", "lasted": 185}, {"kind": "offline", "lasted": 64},
             {"kind": "device", "device": "Firefox 128 · Windows · 1920×1080"}, {"kind": "resumed"}]
    assert page.request.post(data["urls"]["notes"], data={"ticket": data["ticket"], "notes": notes}).ok


def mark_one(site: DemoSite, page: Page) -> None:
    site.made["marking"] = site.made["short"].replace("/exams/", "/marking/")
    page.goto(site.made["marking"])
    for one in page.locator(".mark-point input:visible").all():
        one.fill("1")
    page.get_by_role("button", name="保存，下一份").click()
    again = page.get_by_role("link", name=re.compile("改上一份"))
    site.made["marked"] = urlsplit(again.get_attribute("href") or "").path


def follow(site: DemoSite, page: Page) -> None:
    """An item, and the job that builds the bank."""
    page.goto("/bank")
    site.made["item"] = first_link(page, "/bank/items/")
    page.get_by_role("button", name="装入题库").first.click()
    page.wait_for_url("**/jobs/*")
    site.made["job"] = path_of(page)
    page.get_by_text(re.compile(r"新增 \d+ 道|已完成")).first.wait_for(timeout=60_000)


def import_laws(site: DemoSite, page: Page, folder: Path) -> None:
    """The newer invented laws brought in through the page, one of them broken off: what cites the older is quarantined."""
    site.made["imported"] = bring_in(page, write_texts(folder / "laws", {**TEXTS, "清溪市半截条例(2022-02-02).md": BROKEN_TEXT}))
    site.made["law"] = f"/laws/{SAMPLE}"


def bring_in(page: Page, files: list[Path]) -> str:
    page.goto("/laws/import")
    page.set_input_files("#files", files)
    page.get_by_role("button", name="上传并导入").click()
    page.wait_for_url("**/jobs/*")
    page.get_by_role("link", name="看结果").click(timeout=60_000)
    page.wait_for_url("**/laws/imports/*")
    return path_of(page)


def rest_on_the_old_law(site: DemoSite, folder: Path) -> None:
    """Items generated from the older version of the invented law, and accepted while it is the law."""
    with acting(site, ADMIN) as page:
        old = {name: text for name, text in TEXTS.items() if SAMPLE in name and OLD.isoformat() in name}
        bring_in(page, write_texts(folder / "old-law", old))
    with acting(site, EDITOR) as page:
        page.goto("/bank/generate")
        page.select_option("#law", SAMPLE)
        page.select_option("#subject", "office-affairs")
        page.get_by_role("button", name="开始生成").click()
        page.get_by_text(re.compile(r"生成 \d+ 道候选试题")).wait_for(timeout=60_000)
    with acting(site, REVIEWER) as page:
        page.goto("/review")
        page.locator("main tbody a").first.click()
        while page.get_by_role("button", name="通过").count():
            page.get_by_role("button", name="通过").click()
            page.get_by_text("已通过").wait_for()


def review_items(site: DemoSite) -> None:
    """An item that lost its ground, one that waits for a reviewer, one that was sent back."""
    with acting(site, EDITOR) as page:
        for number, words in ((1, "改写过的解析，说明为什么这样答。"), (2, "另一处改写过的解析，同样说明理由。")):
            page.goto(f"/bank/items/office-affairs-{number:03}/edit")
            page.fill("#explanation", words)
            page.get_by_role("button", name="提交审题").click()
            page.wait_for_url(re.compile(r"/review/\d+$"))
            site.made["review"] = path_of(page)
        site.made["edit"] = "/bank/items/office-affairs-003/edit"
    with acting(site, REVIEWER) as page:
        page.goto("/review")
        page.locator("main tbody a").first.click()
        page.locator("#reject summary").click()
        page.fill("#reason", "解析没有点到条文，请写明是哪一条。")
        page.get_by_role("button", name="确认退回").click()
        page.get_by_text("已退回").wait_for()
        page.goto("/review?tab=changes")
        amended = page.locator("main tbody tr", has_text="条文改动").first.get_by_role("link").first
        site.made["change"] = urlsplit(amended.get_attribute("href") or "").path


def change_people(site: DemoSite, page: Page, folder: Path) -> None:
    """A roster on trial, with a transfer, a newcomer and a fault; a one-time link."""
    page.goto("/people?q=qx3")
    site.made["person"] = first_link(page, "/people/", lambda path: path.rsplit("/", 1)[1].isdigit())
    page.goto(site.made["person"])
    page.get_by_role("button", name="生成一次性链接").click()
    site.made["link"] = urlsplit(page.locator("#new-link").input_value()).path
    page.goto("/units")
    site.made["unit"] = first_link(page, "/units/", lambda path: path.rsplit("/", 1)[1].isdigit())
    roster = folder / "名册.csv"
    roster.write_text(
        "工号,姓名,单位编码,单位名称,职务层次,岗位类别\n"
        "qx20417,沈砚秋,QX0102,政策法规处,科级,综合管理\nqx49001,林疏影,QX0101,办公室,科员及以下,综合管理\n"
        "qx49002,周望舒,QX9999,没有这个处,科级,综合管理\n", encoding="utf-8-sig",
    )
    page.goto("/people/import")
    page.set_input_files("#file", roster)
    page.get_by_role("button", name="核对名册").click()
    page.wait_for_url("**/people/import/*")
    site.made["import"] = path_of(page)
    # one with other headings and a title, without faults: hardly anybody of the agency is in it
    roster.write_text(
        "清溪市机关事务管理局名册\n人员编号,姓名,部门\nqx20417,沈砚秋,政策法规处\nqx49001,林疏影,办公室\n", encoding="utf-8-sig")
    page.goto("/people/import")
    page.set_input_files("#file", roster)
    page.get_by_role("button", name="核对名册").click()
    page.wait_for_url("**/people/import/*")
    site.made["import_good"] = path_of(page)


def set_up_second_factor(site: DemoSite) -> None:
    """A person with a role sets a password and an authenticator; the editor has only a key to scan yet."""
    with acting(site, SYSTEM) as page:
        page.goto("/people/new")
        page.fill("#login", CAREFUL)
        page.fill("#name", "许慎言")
        page.get_by_role("button", name="登记", exact=True).click()
        site.made["careful"] = path_of(page)
    with acting(site, SECURITY) as page:
        page.goto(site.made["careful"])
        page.select_option("#role", "auditor")
        page.get_by_role("button", name="授予角色").click()
        page.get_by_role("button", name="生成一次性链接").click()
        link = urlsplit(page.locator("#new-link").input_value()).path
    codes: list[str] = []
    for language in ("zh", "en"):
        context = site.doors[CAREFUL, language] = site.context("", language)
        page = context.new_page()
        if codes:  # the code of this moment is used up
            sign_in_carefully(page)
            page.goto("/sign-in/code?recovery=1")
            page.fill("#code", codes[0])
            page.locator("form[action*='code'] [type=submit]").click()
        else:
            page.goto(link)
            page.fill("#password", CAREFUL_PASSWORD)
            page.fill("#again", CAREFUL_PASSWORD)
            page.get_by_role("button", name="设好并登录").click()
            codes = enrol(page, CAREFUL_PASSWORD)
        page.goto("/account")
        assert page.url.endswith("/account")
        page.close()
    with acting(site, EDITOR) as page:
        begin_enrolling(page, site.passwords[EDITOR])


def sign_in_carefully(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#login", CAREFUL)
    page.fill("#password", CAREFUL_PASSWORD)
    page.locator("form[action*='sign-in'] [type=submit]").click()
    page.wait_for_url("**/sign-in/code")


def begin_enrolling(page: Page, password: str) -> str:
    """Ask for a key; the key as an authenticator knows it."""
    page.goto("/account/second-factor")
    page.fill("#password", password)
    page.get_by_role("button", name="开始设置").click()
    return page.locator("#scan-key").inner_text().replace(" ", "")


def enrol(page: Page, password: str) -> list[str]:
    """Set up an authenticator; the recovery codes."""
    key = begin_enrolling(page, password)
    page.fill("#code", pyotp.TOTP(key).now())
    page.get_by_role("button", name="开启两步验证").click()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    return codes


def take_exams(site: DemoSite) -> None:
    """What the candidate has behind them; an exam under way for the first who may still start one."""
    with acting(site, CANDIDATE) as page:
        page.goto("/my-exams")
        site.made["result"] = first_link(page, "/my/attempts/", lambda path: path.endswith("/result"))
        site.made["receipt"] = site.made["result"].replace("/result", "/receipt")
        site.made["begin"] = site.made["running"].replace("/exams/", "/my-exams/")
    for login in (REVIEWER, EDITOR, SYSTEM, AUDITOR, LIAISON):
        with acting(site, login) as page:
            page.goto(site.made["begin"])
            if page.locator("#understood").count() == 0:
                continue
            page.locator("label[for=understood]").click()
            page.get_by_role("button", name="开始作答").click()
            page.wait_for_url("**/my/attempts/*")
            site.made["take"], site.made["sitter"] = path_of(page), login
            answer_some(page)
            return
    raise AssertionError("nobody of the named accounts may start the running exam")


def seal_answers(site: DemoSite) -> bytes:
    """A file with answers of the attempt under way, as its page would seal it: older ones, the same, and new ones."""
    with acting(site, site.made["sitter"]) as page:
        page.goto(site.made["take"])
        data = json.loads(page.locator("#exam-data").text_content() or "")
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


def answer_some(page: Page) -> None:
    """The first questions: some answered, one flagged, one seen and left open; the last of them stays open to view."""
    page.locator("body.live").wait_for()
    for number in range(1, 7):
        if number != 4:
            page.locator("fieldset:visible .option input").nth(number % 3).click()
        if number == 3:
            page.locator("#flag").click()
        if number < 6:
            page.locator("#next").click()
    page.locator("#save-state", has_text="已保存").wait_for()


def doubt(site: DemoSite, page: Page) -> None:
    """A question of the candidate's paper is challenged, and its reviewer's desk known; the certificate comes by itself."""
    with acting(site, CANDIDATE) as own:
        own.goto(site.made["result"])
        own.locator(".reviewed-question").first.get_by_role("link", name="对这道题提出异议").click()
        site.made["challenge"] = path_of(own)
        own.get_by_label("理由").fill("条文写的不是这一项，请对照第一条再看一遍")
        own.get_by_role("button", name="提交异议").click()
        for _try in range(60):
            own.goto("/my/study-file")
            if own.locator("a[href^='/my/certificates/']").count():
                break
            own.wait_for_timeout(1000)
        site.made["certificate"] = first_link(own, "/my/certificates/")
        own.goto(site.made["certificate"])
        facts = own.locator(".certificate-facts dd").all_inner_texts()
        site.made["verify"] = f"/certificates?number={facts[0]}&code={facts[1].replace(' ', '')}"
        own.goto("/account")
    page.goto("/challenges")
    site.made["question"] = first_link(page, "/challenges/")
    site.made["regrade"] = f"{site.made['question']}/preview?treatment=full&basis=第一条"
    page.goto("/people")
    site.made["study_file"] = first_link(page, "/people/", lambda path: path.rsplit("/", 1)[1].isdigit()) + "/study-file"
