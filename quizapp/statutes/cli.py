"""`quizapp statutes …`."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp import clock
from quizapp.db import db
from quizapp.jobs.terminal import Counter
from quizapp.kernel.errors import InputError
from quizapp.statutes import queries, service
from quizapp.statutes.importing import import_path
from quizapp.statutes.models import LawArticle, LawVersion
from quizapp.statutes.register_files import FINGERPRINTS, read_register
from quizapp.statutes.rules.numbering import article_name, article_number
from quizapp.statutes.rules.register import fingerprint_line
from quizapp.statutes.rules.searching import snippet
from quizapp.statutes.rules.versions import ArticleChange, compare, compare_fingerprints, marked
from quizapp.statutes.service import ImportReport

statutes = AppGroup("statutes", help="The law library: import, show, search, compare.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@statutes.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and judge everything, write nothing.")
@as_json
def import_(path: Path, dry_run: bool, as_json: bool) -> None:
    """Bring the texts of a folder or file (.md, .txt, .docx) into the library."""
    report = import_path(path, Counter(), dry_run)
    if as_json:
        click.echo(json.dumps(_report(report, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(report, dry_run)
    sys.exit(1 if report.problems else 0)


def _print(report: ImportReport, dry_run: bool) -> None:
    for problem in report.problems:
        click.echo(f"错误 {problem.file}{f':{problem.line}' if problem.line else ''} {problem.text}")
    for note in report.notes:
        click.echo(f"提醒 {note.file} {note.text}")
    for law, version, numbers in report.differing:
        shown = "、".join(article_name(number) for number in numbers[:8]) + ("……" if len(numbers) > 8 else "")
        click.echo(f"与登记不同：《{law}》（{version}）{shown}")
    for law, version, count in report.confirmed:
        click.echo(f"《{law}》（{version}）{count} 条，与登记一致")
    click.echo(
        ("（试运行，没有写入）" if dry_run else "") + f"新增 {len(report.added)} 个版本，更新 {len(report.replaced)} 个，"
        f"未变 {report.unchanged} 个文件，共写入 {report.articles} 条，{len(report.problems)} 个文件没有导入"
    )


def _report(report: ImportReport, dry_run: bool) -> dict[str, object]:
    return {
        "added": [{"law": law, "version": version.isoformat()} for law, version in report.added],
        "replaced": [{"law": law, "version": version.isoformat()} for law, version in report.replaced],
        "confirmed": [{"law": law, "version": version.isoformat(), "articles": n} for law, version, n in report.confirmed],
        "differing": [{"law": law, "version": version.isoformat(), "articles": numbers} for law, version, numbers in report.differing],
        "unchanged": report.unchanged, "articles": report.articles, "dry_run": dry_run,
        "problems": [{"file": p.file, "line": p.line, "message": p.text} for p in report.problems],
        "notes": [{"file": p.file, "message": p.text} for p in report.notes],
    }


@statutes.command()
@click.argument("law")
@click.argument("article", required=False)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The version in force on this day (today).")
@click.option("--version", type=click.DateTime(["%Y-%m-%d"]), help="This very version.")
@as_json
def show(law: str, article: str | None, day: object, version: object, as_json: bool) -> None:
    """Show a law, or one article of it, as it was in force on a day."""
    session = db.session()
    name = queries.law_by_name(session, law).name
    found = queries.version_of(session, name, _day(version)) if version else queries.version_on(session, name, _day(day))
    if article is None:
        _show_law(name, found, as_json)
        return
    row = queries.article_of(session, name, found.version, article_number(article))
    if as_json:
        click.echo(json.dumps(_article(found, row), ensure_ascii=False, indent=2))
        return
    click.echo(f"《{name}》{article_name(row.number)}（{found.version} 版本）")
    click.echo(row.text or f"法律库里还没有这个版本的文本（指纹 {row.fingerprint}）。用 quizapp statutes import 导入。")


def _show_law(name: str, found: LawVersion, as_json: bool) -> None:
    session = db.session()
    versions = queries.versions_of(session, name)
    rows = queries.articles_of(session, name, found.version)
    if as_json:
        click.echo(json.dumps({
            "law": name, "version": found.version.isoformat(), "versions": [_version(one) for one in versions],
            "articles": [{"article": row.number, "path": row.path, "text": row.text, "text_hash": row.fingerprint} for row in rows],
        }, ensure_ascii=False, indent=2))
        return
    click.echo(f"《{name}》 {found.version} 版本，{found.article_count or '?'} 条，施行：{found.in_force_since or '文本没有写明'}")
    for row in rows:
        click.echo(f"{article_name(row.number)}　{row.text or '（没有文本）'}")


def _version(one: LawVersion) -> dict[str, object]:
    return {"version": one.version.isoformat(), "adopted": _iso(one.adopted), "published": _iso(one.published),
            "version_in_force_since": _iso(one.in_force_since), "repealed_on": _iso(one.ends_on), "articles": one.article_count,
            "registered": one.registered, "has_text": one.imported_at is not None}


def _article(found: LawVersion, row: LawArticle) -> dict[str, object]:
    """`in_force_since` is that of the law: the beginning of its first version, as far as it is known."""
    first = queries.versions_of(db.session(), found.law)[0]
    since = first.in_force_since if not first.amended else None
    return {
        "law": found.law, "version": found.version.isoformat(), "in_force_since": _iso(since),
        "version_in_force_since": _iso(found.in_force_since), "repealed_on": _iso(found.ends_on),
        "article": row.number, "path": row.path, "text": row.text, "text_hash": row.fingerprint,
    }


@statutes.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="What is in force on this day (today).")
@click.option("--old", is_flag=True, help="Versions no longer, or not yet, in force as well.")
@click.option("--limit", default=20, show_default=True)
@as_json
def search(words: tuple[str, ...], day: object, old: bool, limit: int, as_json: bool) -> None:
    """Find laws by name and articles by number or words."""
    found = queries.search(db.session(), " ".join(words), _day(day), old=old, limit=limit)
    if as_json:
        click.echo(json.dumps({
            "laws": found.laws, "total": found.total,
            "articles": [{"law": h.law, "version": h.version.isoformat(), "article": h.number, "path": h.path, "text": h.text,
                          "in_force": h.in_force} for h in found.hits],
        }, ensure_ascii=False, indent=2))
        return
    for law in found.laws:
        click.echo(f"《{law}》")
    for hit in found.hits:
        shown = "".join(run.text for run in snippet(hit.text, found.query.words))
        click.echo(f"《{hit.law}》{article_name(hit.number)}（{hit.version}）{shown}")
    click.echo(f"{len(found.laws)} 部法律，{found.total} 条条文")


@statutes.command()
@click.argument("law")
@click.option("--from", "old", type=click.DateTime(["%Y-%m-%d"]), help="The older version (the last but one).")
@click.option("--to", "new", type=click.DateTime(["%Y-%m-%d"]), help="The newer version (the last).")
@as_json
def diff(law: str, old: object, new: object, as_json: bool) -> None:
    """Compare two versions of a law article by article."""
    session = db.session()
    name = queries.law_by_name(session, law).name
    versions = queries.versions_of(session, name)
    if len(versions) < 2 and not (old and new):
        raise InputError("法律库里《%(law)s》只有一个版本，没有可以对照的", law=name)
    before = queries.version_of(session, name, _day(old)) if old else versions[-2]
    after = queries.version_of(session, name, _day(new)) if new else versions[-1]
    by_words = before.imported_at is not None and after.imported_at is not None
    texts = _wordings(before, by_words), _wordings(after, by_words)
    changes = [change for change in (compare if by_words else compare_fingerprints)(*texts) if change.kind != "same"]
    if as_json:
        click.echo(json.dumps({"law": name, "from": before.version.isoformat(), "to": after.version.isoformat(),
                               "changes": [{"kind": c.kind, "old": c.old, "new": c.new} for c in changes]}, ensure_ascii=False, indent=2))
        return
    for change in changes:
        click.echo(_change_line(change, *texts) if by_words else _change_name(change))
    click.echo(f"《{name}》{before.version} → {after.version}：{len(changes)} 处不同，{len(texts[1])} 条")


WORDS = {"changed": "修改", "moved": "移动", "new": "新增", "gone": "删去"}


def _wordings(one: LawVersion, by_words: bool) -> dict[str, str]:
    """Number → text, or number → fingerprint where a version of the two has no text."""
    if not by_words:
        return queries.fingerprints_of(db.session(), one.law, one.version)
    return {row.number: row.text for row in queries.articles_of(db.session(), one.law, one.version) if row.text is not None}


def _change_name(change: ArticleChange) -> str:
    names = " → ".join(article_name(number) for number in dict.fromkeys(filter(None, (change.old, change.new))))
    return f"{WORDS[change.kind]} {names}"


def _change_line(change: ArticleChange, before: dict[str, str], after: dict[str, str]) -> str:
    if change.kind != "changed" or change.old is None or change.new is None:
        return _change_name(change)
    pieces = marked(before[change.old], after[change.new])
    shown = "".join({"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}[piece.kind].format(piece.text) for piece in pieces)
    return f"{_change_name(change)}：{shown}"


@statutes.command()
@click.argument("laws", nargs=-1)
@click.option("--bank", type=click.Path(path_type=Path), help="The bank folder (that of the installation).")
def register(laws: tuple[str, ...], bank: Path | None) -> None:
    """Make fingerprints.txt anew from the library's texts, for every law of laws.yaml or for those named."""
    folder = bank or current_app.config["SETTINGS"].bank_path
    known = read_register(folder)
    session = db.session()
    wanted = {queries.law_by_name(session, law).name for law in laws}
    lines, missing = [], []
    for law in known.laws:
        for version in law.versions:
            rows = [row for row in queries.articles_of(session, law.name, version.version) if row.text is not None]
            if rows and (not wanted or law.name in wanted):
                pairs = [(row.number, row.fingerprint) for row in rows]
            else:
                pairs = list(version.fingerprints.items())
                missing += [] if pairs else [f"《{law.name}》（{version.version}）"]
            if pairs:
                lines.append(fingerprint_line(law.name, version.version.isoformat(), pairs))
    head = ("# Fingerprints of articles: short name, version, number:fingerprint. Made by `quizapp statutes register`;\n"
            "# the first 16 hexadecimal digits of the SHA-256 of the article's normal form. No statute text.\n")
    (folder / FINGERPRINTS).write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    for one in missing:
        click.echo(f"没有文本，也没有登记过指纹：{one}", err=True)
    click.echo(f"写入 {len(lines)} 个版本的指纹：{folder / FINGERPRINTS}")


@statutes.command(name="take-register")
def take_register() -> None:
    """Take over laws.yaml and fingerprints.txt, as a build of the bank does."""
    with db.transaction() as session:
        changed = service.take_register(session, read_register(current_app.config["SETTINGS"].bank_path))
        service.announce(session)
    click.echo("登记已更新" if changed else "登记没有变化")


def _day(value: object) -> date:
    return value.date() if isinstance(value, datetime) else clock.today()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


COMMANDS = [statutes]
