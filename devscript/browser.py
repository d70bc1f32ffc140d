"""A browser for the tests, and letters for its pages."""

import os
import shutil
import sys

from devscript.debian import apt_install, on_debian_as_root
from devscript.running import PYTHON, WINDOWS, Stop, note, output, run


def find_chromium() -> str | None:
    """The path of a Chromium that starts, or None: QUIZAPP_CHROMIUM, the PATH, the usual places, Playwright's."""
    named = os.environ.get("QUIZAPP_CHROMIUM")
    if named:
        if not starts(named):
            raise Stop(
                f"QUIZAPP_CHROMIUM names {named}, which does not start.",
                f"QUIZAPP_CHROMIUM 指向的 {named} 无法启动，请改正或清除。",
            )
        return named
    on_path = map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    places = [*filter(None, on_path), *usual_places()]
    return next((place for place in places if starts(place)), None) or playwright_chromium()


def usual_places() -> list[str]:
    if sys.platform == "darwin":
        names = ("Google Chrome", "Chromium", "Microsoft Edge")
        return [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in names]
    if not WINDOWS:
        return []
    folders = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    programs = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
    return [rf"{folder}\{program}" for folder in folders if folder for program in programs]


def starts(place: str) -> bool:
    """A file that is there may still be a stub that only says where to get the browser."""
    return os.access(place, os.X_OK) and (WINDOWS or output(place, "--version") != "")


def playwright_chromium() -> str | None:
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    place = output(PYTHON, "-c", ask)
    return place if place and starts(place) else None


def need_chromium() -> str:
    """The path of a Chromium; installs one where this script may."""
    found = find_chromium()
    if found:
        return found
    if on_debian_as_root():
        apt_install("chromium", "fonts-noto-cjk")
    if not find_chromium():
        note("Installing Chromium (playwright) …")
        run(PYTHON, "-m", "playwright", "install", "chromium", quiet=True)
    found = find_chromium()
    if found:
        return found
    raise Stop(
        "The tests play in a real browser and found none. Install Chromium or Google Chrome (Debian: sudo apt-get"
        " install -y chromium fonts-noto-cjk), or name one by QUIZAPP_CHROMIUM, then run this again.",
        "测试需要真实的浏览器，本机没有找到。请安装 Chromium 或 Chrome，或用 QUIZAPP_CHROMIUM 指明它的位置。",
    )


def need_chinese_font() -> None:
    if not sys.platform.startswith("linux") or output("fc-list", ":lang=zh"):
        return
    if not (on_debian_as_root() and apt_install("fontconfig", "fonts-noto-cjk")):
        note(
            "No Chinese font was found: pages in the browser tests will show boxes. Install fonts-noto-cjk.\n"
            "没有找到中文字体，浏览器测试中的汉字会显示为方块。请安装 fonts-noto-cjk。"
        )
