"""An import from the first file to the last, as the command and the job do it."""

from __future__ import annotations

from pathlib import Path

from quizapp.db import db
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, silent
from quizapp.statutes import search_index, service
from quizapp.statutes.files import FileProblem, find_files, read_texts
from quizapp.statutes.rules.reading import missing_numbers
from quizapp.statutes.service import ImportReport


def import_path(path: Path, progress: Progress = silent, dry_run: bool = False) -> ImportReport:
    """Bring a folder or a file into the library: each version whole or not at all, the rest goes on.

    Raises FileError when there is nothing to read. Opens its own transactions, one for every few versions.
    """
    report = ImportReport()
    files = find_files(path)
    fresh = service.unread(db.session(), files)
    report.unchanged = len(files) - len(fresh)
    texts, report.problems = read_texts(fresh, progress)
    report.notes = [note for text in texts if (note := _gap(text.file.name, missing_numbers(text.parsed)))]
    texts += read_texts(service.beside(db.session(), files, texts))[0]
    editions = service.editions_of(texts, report)
    if dry_run:
        service.rehearse(db.session(), editions, report)
        return report
    written = 0
    for batch in service.batches(editions):
        progress(written, len(editions), N_("写入法律库"))
        with db.transaction() as session:
            service.write_editions(session, batch, report)
        db.session().expunge_all()
        written += len(batch)
    if editions:
        with db.transaction() as session:
            search_index.tidy(session)
            service.settle(session)
            service.announce(session)
    progress(1, 1)
    return report


def _gap(file: str, numbers: tuple[int, ...]) -> FileProblem | None:
    if not numbers:
        return None
    shown = "、".join(map(str, numbers[:6])) + ("…" if len(numbers) > 6 else "")
    return FileProblem(file, None, "缺第 %(numbers)s 条，请核对文本是否完整", {"numbers": shown})
