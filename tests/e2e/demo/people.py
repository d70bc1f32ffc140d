"""People and units: a one-time link, rosters on trial."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.e2e.demo.site import DemoSite, first_link, path_of


def change_people(site: DemoSite, page: Page, folder: Path) -> None:
    """A roster on trial, with a transfer, a newcomer and a fault; a one-time link."""
    page.goto("/people?q=qx3")
    site.made["person"] = first_link(page, "/people/", lambda path: path.rsplit("/", 1)[1].isdigit())
    page.goto(site.made["person"])
    site.made["link"] = one_time_link(page)
    page.goto("/units")
    site.made["unit"] = first_link(page, "/units/", lambda path: path.rsplit("/", 1)[1].isdigit())
    roster = folder / "名册.csv"
    roster.write_text(
        "工号,姓名,单位编码,单位名称,职务层次,岗位类别\n"
        "qx20417,沈砚秋,QX0102,政策法规处,科级,综合管理\nqx49001,林疏影,QX0101,办公室,科员及以下,综合管理\n"
        "qx49002,周望舒,QX9999,没有这个处,科级,综合管理\n", encoding="utf-8-sig",
    )
    site.made["import"] = try_roster(page, roster)
    # one with other headings and a title, without faults: hardly anybody of the agency is in it
    roster.write_text(
        "清溪市机关事务管理局名册\n人员编号,姓名,部门\nqx20417,沈砚秋,政策法规处\nqx49001,林疏影,办公室\n", encoding="utf-8-sig")
    site.made["import_good"] = try_roster(page, roster)


def one_time_link(page: Page) -> str:
    """A link for the person whose page is open; its path."""
    page.get_by_role("button", name="生成一次性链接").click()
    return urlsplit(page.locator("#new-link").input_value()).path


def try_roster(page: Page, roster: Path) -> str:
    """A roster read and not written; the path of what it would do."""
    page.goto("/people/import")
    page.set_input_files("#file", roster)
    page.get_by_role("button", name="核对名册").click()
    page.wait_for_url("**/people/import/*")
    return path_of(page)
