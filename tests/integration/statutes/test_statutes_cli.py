"""`quizapp statutes …`: what it prints and with which status it ends.

The first test runs every command as a program of its own; the others run the same commands within this one, which
saves the start of a program each time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from quizapp.cli import main
from quizapp.statutes.rules.register import fingerprint_line, read_fingerprints
from quizapp.statutes.rules.wording import fingerprint
from tests.builders.library import TITLE, law_text, write_files

Run = Callable[..., Result]

OLD = ("示例应当真实。", "示例由办公室登记，登记不收费用。", "旧示例另行处理。", "本法自2015年6月1日起施行。")
NEW = ("示例应当真实。", "本法所称样本，是指随附的图样。", "示例由公开处登记，登记不收费用。", "本法自2019年9月1日起施行。")
FIRST, SECOND = "2015-03-01", "2019-04-23"
FILES: dict[str, str | bytes] = {
    "行政法/示例法(2015-03-01).md": law_text("## 第一编 通则", "### 第一章 规定", *OLD, head="2015年3月1日 示例会议通过 2015年3月2日 公布"),
    "行政法/示例法(2019-04-23).md": law_text("## 第一编 通则", "### 第一章 规定", *NEW, head="2019年4月23日 示例会议修订"),
    "行政法/样本法.md": law_text("样本的登记适用本法。", title="样本法", head="2020年5月1日 示例会议通过"),
}
ARTICLE_FIELDS = ["law", "version", "in_force_since", "version_in_force_since", "repealed_on", "article", "path", "text", "text_hash"]


@pytest.fixture
def run(app: Flask) -> Run:
    """`quizapp statutes` on the database at hand, which has to end with `status`."""

    def statutes(*arguments: object, status: int = 0) -> Result:
        info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
        done = CliRunner().invoke(main, ["statutes", *map(str, arguments)], obj=info)
        assert done.exit_code == status, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    return statutes


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return write_files(tmp_path / "texts", FILES)


@pytest.fixture
def library(run: Run, texts: Path) -> Run:
    """The command on a library of three texts."""
    run("import", texts)
    return run


def answer(done: Result) -> Any:
    return json.loads(done.stdout)


# ---------------------------------------------------------------- programs of their own


def test_every_command_as_a_program_of_its_own(database_url: str, texts: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": database_url, "QUIZAPP_INSTANCE": str(tmp_path / "instance"),
                   "QUIZAPP_SECRET_KEY": "a key that signs nothing outside the tests", "PYTHONWARNINGS": "default"}

    def program(status: int, *arguments: object) -> str:
        command = [sys.executable, "-m", "quizapp", "statutes", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if status == 0 else done.stdout + done.stderr

    assert len(json.loads(program(0, "import", texts, "--json"))["added"]) == 3
    write_files(texts, {"坏.md": "# 坏法\n"})
    assert "错误 坏.md:1 坏法 没有正文，文件可能不完整\n" in program(1, "import", texts)
    assert json.loads(program(0, "show", "示例法", "3", "--json"))["text"] == NEW[2]
    assert program(0, "search", "公开处").endswith("0 部法律，1 条条文\n")
    assert program(0, "diff", "示例法").endswith(f"《示例法》{FIRST} → {SECOND}：4 处不同，4 条\n")
    assert "写入 2 个版本的指纹" in program(0, "register", "--bank", make_register(tmp_path / "bank", FIRST, SECOND))
    assert program(1, "show", "无此法") == "法律库里没有“无此法”；请核对名称，或者先导入它的文本\n"
    program(2, "show", "示例法", "--on", "去年")


# ---------------------------------------------------------------- import


def test_import_rehearses_imports_and_does_nothing_twice(run: Run, texts: Path) -> None:
    rehearsed = answer(run("import", texts, "--dry-run", "--json"))
    done = answer(run("import", texts, "--json"))
    added = [{"law": "样本法", "version": "2020-05-01"}, {"law": "示例法", "version": FIRST}, {"law": "示例法", "version": SECOND}]
    assert sorted(done["added"], key=str) == sorted(added, key=str)
    assert done == rehearsed | {"dry_run": False}
    assert done == {"added": done["added"], "replaced": [], "confirmed": [], "differing": [], "unchanged": 0, "articles": 9,
                    "dry_run": False, "problems": [], "notes": []}
    again = run("import", texts)
    assert again.stdout == "新增 0 个版本，更新 0 个，未变 3 个文件，共写入 0 条，0 个文件没有导入\n"


def test_an_import_with_a_problem_names_file_and_line_and_takes_the_rest(run: Run, texts: Path) -> None:
    write_files(texts, {"坏.md": law_text("甲。", title="坏法") + "第二条 话没有说", "缺.md": law_text("甲。", title="缺法") + "第四条 乙。\n"})
    done = run("import", texts, status=1)
    assert "错误 坏.md:8 文本在第 2 条中断，文件可能不完整\n" in done.stdout
    assert "提醒 缺.md 缺第 2、3 条，请核对文本是否完整\n" in done.stdout
    assert done.stdout.splitlines()[-1] == "新增 4 个版本，更新 0 个，未变 0 个文件，共写入 11 条，1 个文件没有导入"
    again = answer(run("import", texts, "--json", status=1))
    assert again["problems"] == [{"file": "坏.md", "line": 8, "message": "文本在第 2 条中断，文件可能不完整"}]
    assert (again["added"], again["unchanged"]) == ([], 4)


def registered(app: Flask, folder: Path, **changed: str) -> None:
    """Make a bank folder the installation's whose register has both versions; `changed`: words of the newer, by number."""
    prints = [{str(n): fingerprint(text) for n, text in enumerate(articles, 1)} for articles in (OLD, NEW)]
    prints[1] |= {number.removeprefix("n"): fingerprint(words) for number, words in changed.items()}
    lines = [fingerprint_line("示例法", version, found.items()) for version, found in zip((FIRST, SECOND), prints, strict=True)]
    bank = make_register(folder / "bank", FIRST, SECOND, prints="\n".join(lines))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], bank_path=bank)


def test_import_says_what_agrees_with_the_register_and_what_does_not(app: Flask, run: Run, texts: Path, tmp_path: Path) -> None:
    registered(app, tmp_path, n2="别的话。")
    assert [run("take-register").stdout for _time in range(2)] == ["登记已更新\n", "登记没有变化\n"]
    found = answer(run("import", texts, "--dry-run", "--json"))
    assert (found["confirmed"], found["differing"]) == (
        [{"law": "示例法", "version": FIRST, "articles": 4}], [{"law": "示例法", "version": SECOND, "articles": ["2"]}])
    done = run("import", texts)
    assert f"《示例法》（{FIRST}）4 条，与登记一致\n" in done.stdout
    assert f"与登记不同：《示例法》（{SECOND}）第二条\n" in done.stdout


def test_what_only_the_register_knows_is_shown_and_compared_by_fingerprints(app: Flask, run: Run, texts: Path, tmp_path: Path) -> None:
    registered(app, tmp_path)
    run("take-register")
    shown = run("show", "示例法", "2", "--version", FIRST).stdout
    assert shown.splitlines()[1] == f"法律库里还没有这个版本的文本（指纹 {fingerprint(OLD[1])}）。用 quizapp statutes import 导入。"
    found = answer(run("show", "示例法", "2", "--version", FIRST, "--json"))
    assert (found["text"], found["text_hash"]) == (None, fingerprint(OLD[1]))
    compared = ["修改 第二条", "修改 第三条", "修改 第四条", f"《示例法》{FIRST} → {SECOND}：3 处不同，4 条"]
    assert run("diff", "示例法").stdout.splitlines() == compared
    run("import", texts / "行政法" / f"示例法({SECOND}).md")
    assert run("diff", "示例法").stdout.splitlines() == compared


def test_an_empty_folder_is_wrong_input_and_a_missing_one_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "里没有可以读的法律文本" in run("import", tmp_path / "empty", status=1).stderr
    run("import", tmp_path / "missing", status=2)
    run("import", status=2)
    run("import", tmp_path / "empty", "--no-such", status=2)


# ---------------------------------------------------------------- show


def test_show_an_article_on_a_day(library: Run) -> None:
    found = answer(library("show", "示例法", "第三条", "--on", "2018-01-01", "--json"))
    assert list(found) == ARTICLE_FIELDS
    assert found == {
        "law": "示例法", "version": FIRST, "in_force_since": "2015-06-01", "version_in_force_since": "2015-06-01",
        "repealed_on": "2019-09-01", "article": "3", "path": ["第一编 通则", "第一章 规定"], "text": OLD[2], "text_hash": fingerprint(OLD[2])}


@pytest.mark.parametrize("article", ["3", "三", "第3条"])
def test_show_the_article_of_today_by_any_name_and_numeral(library: Run, article: str) -> None:
    found = answer(library("show", TITLE, article, "--json"))
    assert (found["law"], found["version"], found["in_force_since"], found["version_in_force_since"], found["repealed_on"]) == (
        "示例法", SECOND, "2015-06-01", "2019-09-01", None)
    assert found["text"] == NEW[2]


def test_show_in_words(library: Run) -> None:
    assert library("show", "示例法", "3").stdout == f"《示例法》第三条（{SECOND} 版本）\n{NEW[2]}\n"
    assert library("show", "示例法", "--version", FIRST).stdout.splitlines() == [
        f"《示例法》 {FIRST} 版本，4 条，施行：2015-06-01", *(f"第{n}条　{text}" for n, text in zip("一二三四", OLD, strict=True))]


def test_show_a_law_with_its_versions(library: Run) -> None:
    found = answer(library("show", "示例法", "--json"))
    assert (found["law"], found["version"]) == ("示例法", SECOND)
    assert found["versions"][0] == {
        "version": FIRST, "adopted": FIRST, "published": "2015-03-02", "version_in_force_since": "2015-06-01", "repealed_on": "2019-09-01",
        "articles": 4, "registered": False, "has_text": True}
    assert [(one["article"], one["text"], one["text_hash"]) for one in found["articles"]] == [
        (str(n), text, fingerprint(text)) for n, text in enumerate(NEW, 1)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("无此法",), "法律库里没有“无此法”；请核对名称，或者先导入它的文本"),
        (("示例法", "99"), "《示例法》（2019-04-23）没有第九十九条，共 4 条"),
        (("示例法", "第甲条"), "不是数字"),
        (("示例法", "--on", "2015-05-31"), "2015-05-31 没有施行中的《示例法》"),
        (("示例法", "--version", "2016-01-01"), "《示例法》没有 2016-01-01 的版本"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(library: Run, arguments: tuple[str, ...], says: str) -> None:
    done = library("show", *arguments, status=1)
    assert (done.stdout, says in done.stderr) == ("", True)


def test_show_wrongly_used(run: Run) -> None:
    run("show", status=2)
    run("show", "示例法", "--on", "去年", status=2)


# ---------------------------------------------------------------- search


def test_search_in_words_and_as_json(library: Run) -> None:
    assert library("search", "公开处").stdout == f"《示例法》第三条（{SECOND}）{NEW[2]}\n0 部法律，1 条条文\n"
    assert library("search", "示例法").stdout == "《示例法》\n1 部法律，0 条条文\n"
    found = answer(library("search", "登记", "费用", "--json"))
    assert found == {"laws": [], "total": 1, "articles": [
        {"law": "示例法", "version": SECOND, "article": "3", "path": ["第一编 通则", "第一章 规定"], "text": NEW[2], "in_force": True}]}


def test_search_on_a_day_among_old_versions_and_not_all(library: Run) -> None:
    def versions(*arguments: str) -> list[str]:
        return [one["version"] for one in answer(library("search", *arguments, "--json"))["articles"]]

    assert versions("示例法 3") == [SECOND]
    assert versions("示例法 3", "--on", "2019-08-31") == [FIRST]
    assert versions("示例法", "第三条", "--old") == [SECOND, FIRST]
    found = answer(library("search", "登记", "--old", "--limit", "1", "--json"))
    assert (found["total"], len(found["articles"])) == (3, 1)


def test_a_search_that_finds_nothing_is_no_error_and_one_without_words_is(library: Run) -> None:
    assert library("search", "没有这样的话").stdout == "0 部法律，0 条条文\n"
    library("search", status=2)


# ---------------------------------------------------------------- diff


def test_diff_of_the_last_two_versions(library: Run) -> None:
    done = library("diff", "示例法")
    assert done.stdout.splitlines() == [
        "新增 第二条",
        "修改 第二条 → 第三条：示例由[-办公室-]{+公开处+}登记，登记不收费用。",
        "修改 第四条：本法自201[-5年6-]{+9年9+}月1日起施行。",
        "删去 第三条",
        f"《示例法》{FIRST} → {SECOND}：4 处不同，4 条",
    ]
    assert answer(library("diff", "示例法", "--json")) == {"law": "示例法", "from": FIRST, "to": SECOND, "changes": [
        {"kind": "new", "old": None, "new": "2"}, {"kind": "changed", "old": "2", "new": "3"},
        {"kind": "changed", "old": "4", "new": "4"}, {"kind": "gone", "old": "3", "new": None}]}


def test_diff_between_named_versions(library: Run) -> None:
    found = answer(library("diff", "示例法", "--from", SECOND, "--to", FIRST, "--json"))
    assert (found["from"], found["to"], [change["kind"] for change in found["changes"]]) == (
        SECOND, FIRST, ["changed", "new", "changed", "gone"])
    assert answer(library("diff", "示例法", "--from", FIRST, "--to", FIRST, "--json"))["changes"] == []


def test_a_law_with_one_version_cannot_be_compared(library: Run) -> None:
    assert "只有一个版本" in library("diff", "样本法", status=1).stderr
    assert "没有 2016-01-01 的版本" in library("diff", "示例法", "--from", "2016-01-01", status=1).stderr
    library("diff", status=2)


# ---------------------------------------------------------------- register


def make_register(folder: Path, *versions: str, prints: str = "") -> Path:
    laws = [{"name": "示例法", "title": TITLE, "versions": [{"version": version} for version in versions]}]
    files: dict[str, str | bytes] = {"laws.yaml": yaml.safe_dump(laws, allow_unicode=True)}
    return write_files(folder, files | ({"fingerprints.txt": prints} if prints else {}))


def test_register_makes_the_fingerprints_of_the_texts_and_keeps_those_without(library: Run, tmp_path: Path) -> None:
    kept = {"1": fingerprint("丙。")}
    bank = make_register(tmp_path / "bank", FIRST, SECOND, "2024-01-01", "2025-01-01",
                         prints=fingerprint_line("示例法", "2024-01-01", kept.items()) + "\n")
    done = library("register", "--bank", bank)
    assert done.stdout == f"写入 3 个版本的指纹：{bank / 'fingerprints.txt'}\n"
    assert "没有文本，也没有登记过指纹：《示例法》（2025-01-01）" in done.stderr
    content = (bank / "fingerprints.txt").read_text(encoding="utf-8")
    assert read_fingerprints(content) == {
        ("示例法", FIRST): {str(n): fingerprint(text) for n, text in enumerate(OLD, 1)},
        ("示例法", SECOND): {str(n): fingerprint(text) for n, text in enumerate(NEW, 1)},
        ("示例法", "2024-01-01"): kept,
    }
    # fingerprints and no words of any law
    assert not any(text[:4] in content for text in (*OLD, *NEW))
    library("register", "--bank", bank)
    assert (bank / "fingerprints.txt").read_text(encoding="utf-8") == content


def test_register_of_named_laws_leaves_the_others(library: Run, tmp_path: Path) -> None:
    kept = {"1": fingerprint("丙。")}
    bank = make_register(tmp_path / "bank", SECOND, prints=fingerprint_line("示例法", SECOND, kept.items()) + "\n")
    library("register", "样本法", "--bank", bank)
    assert read_fingerprints((bank / "fingerprints.txt").read_text(encoding="utf-8"))["示例法", SECOND] == kept
    library("register", TITLE, "--bank", bank)
    assert len(read_fingerprints((bank / "fingerprints.txt").read_text(encoding="utf-8"))["示例法", SECOND]) == 4


def test_register_of_an_unknown_law_or_a_folder_without_a_register_writes_nothing(library: Run, tmp_path: Path) -> None:
    bank = make_register(tmp_path / "bank", FIRST)
    assert "法律库里没有“无此法”" in library("register", "无此法", "--bank", bank, status=1).stderr
    assert not (bank / "fingerprints.txt").exists()
    assert "找不到" in library("register", "--bank", tmp_path / "none", status=1).stderr
