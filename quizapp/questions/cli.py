"""`quizapp bank …`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from quizapp.db import db
from quizapp.jobs.terminal import Counter
from quizapp.kernel.errors import InputError
from quizapp.questions import gate, queries, service
from quizapp.questions.files import BankFiles, read_bank
from quizapp.questions.gate import every_citation
from quizapp.questions.rules import content as contents
from quizapp.questions.rules.proof import Verdict
from quizapp.questions.rules.proving import prove as prove_quotes
from quizapp.questions.rules.schema import DocumentCitation
from quizapp.statutes import queries as statutes

bank = AppGroup("bank", help="The question bank: check, build, export.")


def bank_path(path: str | None) -> Path:
    return Path(path) if path else current_app.config["SETTINGS"].bank_path


@bank.command()
@click.argument("path", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check(path: str | None, as_json: bool) -> None:
    """Check the bank's files: schema, keys, options, citations, item-writing rules, duplicates."""
    files, proofs = checked(bank_path(path))
    if as_json:
        problems = [
            {"level": p.level, "code": p.code, "file": p.file or None, "line": p.line or None, "item": p.item_id,
             "where": p.where, "message": p.text}
            for p in files.problems
        ]
        click.echo(json.dumps({"items": len(files.entries), "proofs": proofs, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        _print(files)
        click.echo(f"答案依据：{proofs['text']} 处凭条文文本核对，{proofs['fingerprint']} 处凭登记的指纹核对，"
                   f"{proofs['unproved']} 处没有证明，{proofs['wrong']} 处不符，{proofs['documents']} 处是文件而不是法律")
    sys.exit(1 if files.errors else 0)


def checked(path: Path) -> tuple[BankFiles, dict[str, int]]:
    """The files, read and checked, and how many citations were verified by what: by the library's texts where it
    has them, else by the register. Files can be checked where there is no database at all."""
    files = read_bank(path)
    items = [entry.item for entry in files.entries]
    documents = sum(isinstance(one, DocumentCitation) for item in items for one in every_citation(item))
    found: dict[Verdict, int]
    try:
        found = gate.tally(db.session(), iter(items))
        files = replace(files, problems=[*files.problems, *gate.library_problems(db.session(), files.entries)])
    except SQLAlchemyError:
        found = {"text": 0, "fingerprint": 0, "unproved": 0, "wrong": 0}
    if found["text"] == 0:
        found = gate.tally_by_register(iter(items), files.laws)
    return files, {**{str(name): count for name, count in found.items()}, "documents": documents}


def _print(files: BankFiles) -> None:
    for p in files.problems:
        kind = "错误" if p.level == "error" else "提醒"
        click.echo(" ".join(word for word in (kind, p.place, p.item_id, p.where, p.text) if word))
    click.echo(f"{len(files.entries)} 道试题，{len(files.errors)} 处错误，{len(files.warnings)} 处提醒")


@bank.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def prove(files: tuple[Path, ...]) -> None:
    """Turn the words quoted in topic files into fingerprint and span, by the texts of the law library."""
    session = db.session()
    found = files or tuple(sorted(bank_path(None).glob("*/*.yaml")))
    left = 0
    for file in found:
        # as bytes: the ends of lines stay what they are
        content, proved, faults = prove_quotes(file.read_bytes().decode(), lambda *where: statutes.text_of(session, *where))
        if proved:
            file.write_bytes(content.encode())
            click.echo(f"{file}：证明 {proved} 处")
        for fault in faults:
            click.echo(f"错误 {file}:{fault.line} {fault.text}")
        left += len(faults)
    sys.exit(1 if left else 0)


@bank.command()
@click.argument("path", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def build(path: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring the bank to what its files say; a second build changes nothing."""
    with db.transaction() as session:
        result = service.build_bank(session, bank_path(path))
        if dry_run:
            session.rollback()
    if as_json:
        click.echo(json.dumps({"added": result.added, "changed": result.changed, "retired": result.retired,
                               "unchanged": result.unchanged, "dry_run": dry_run}, ensure_ascii=False))
        return
    click.echo(
        ("（试运行，没有写入）" if dry_run else "")
        + f"新增 {len(result.added)} 道，更新 {len(result.changed)} 道，停用 {len(result.retired)} 道，"
        + f"未变 {result.unchanged} 道"
    )


@bank.command()
@click.argument("laws", nargs=-1, required=True)
@click.option("--subject", required=True, help="The subject that the candidates go to.")
@click.option("--seed", type=int, help="The same seed makes the same candidates, and so does none.")
@click.option("--limit", type=int, help="Stop after so many.")
@click.option("--dry-run", is_flag=True, help="Make candidates, put none into the queue.")
@click.option("--json", "as_json", is_flag=True, help="Print the candidates, one a line.")
def generate(laws: tuple[str, ...], subject: str, seed: int | None, limit: int | None, dry_run: bool, as_json: bool) -> None:
    """Make candidate items from the articles of laws, for reviewers to accept or reject."""
    from quizapp.questions import generating  # what reads laws is loaded where laws are read

    if subject not in {one.code for one in queries.subjects(db.session())}:
        raise InputError("没有科目“%(subject)s”", subject=subject)
    seed = generating.SEED if seed is None else seed
    made = generating.generate(db.session(), laws, subject, seed=seed, limit=limit, progress=Counter())
    new = 0
    if not dry_run:
        with db.transaction() as session:
            new = generating.keep(session, made.items, None)
    if as_json:
        for item in made.items:
            click.echo(json.dumps(contents.to_export(item, version=1, status="review", origin="generated"), ensure_ascii=False))
        return
    kinds = "，".join(f"{generating.KIND_NAMES[kind]} {count}" for kind, count in made.kinds.most_common())
    click.echo(f"候选试题 {len(made.items)} 道（{kinds}），" + ("试运行，没有放入队列" if dry_run else f"新放入审题队列 {new} 道"))


@bank.command()
@click.option("--format", "file_format", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
def export(file_format: str) -> None:
    """Print every item, one a line."""
    for item, version in queries.current_versions(db.session()):
        content = contents.from_content(version.content)
        line = contents.to_export(content, version=version.number, status=item.status, origin=item.origin)
        click.echo(json.dumps(line, ensure_ascii=False))


COMMANDS = [bank]
