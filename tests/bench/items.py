"""Item analysis, marks by subject and law coverage of a very large exam: 50 questions to a paper, four forms, on PostgreSQL.

`make bench` takes 100,000 papers (5 million answers); `python -m tests.bench.items 1000000` takes as many as it is told.
The analysis runs in a process of its own, so that its memory can be told.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from quizapp import clock
from quizapp.access import ALL_UNITS
from quizapp.analysis import service
from quizapp.analysis.measuring import analyse
from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.coverage import queries as coverage
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.papers.models import Form
from quizapp.reports.queries import subjects
from quizapp.reports.rules.report import Choice
from tests.bench.figures import Figure, application
from tests.bench.pages import look_at_tables, postgresql
from tests.builders.exams import make_exam

PAPERS, QUESTIONS, FORMS = 100_000, 50, 4
WHOLE = 1_000_000
SECONDS, MEGABYTES = 60, 1000
LIVE = 30  # seconds for a page of a million people that reads every answer anew; less people, less time

# strength and chance come out of a hash: the same papers in every run
ANSWERS = """
INSERT INTO answer (candidate_id, attempt_id, position, seq, response, flagged, seen, saved_at, score)
SELECT n, md5(n::text)::uuid, q, 1,
       CASE WHEN got THEN '["B"]'::jsonb ELSE jsonb_build_array(substr('ACD', 1 + abs(hashint4(n # (q * 7919))) % 3, 1)) END,
       false, true, :opens, CASE WHEN got THEN 1000 ELSE 0 END
FROM generate_series(cast(:first AS int), cast(:last AS int)) AS n, generate_series(1, :questions) AS q,
     LATERAL (SELECT (abs(hashint4(n * 31 + q * 1000003)) % 1000) / 1000.0
                     < 1 / (1 + exp(-(3.0 * ((abs(hashint4(n)) % 1000) / 1000.0 - 0.5) + 1.2 - q / 25.0))) AS got) AS one
"""
ATTEMPTS = """
INSERT INTO attempt (candidate_id, id, exam_id, number, form_id, layout, state, epoch, client_id, started_at, deadline_at,
                     finished_at, revision, break_left, score, needs_marking, receipt, signature)
SELECT candidate_id, attempt_id, :exam, 1, (cast(:forms AS int[]))[1 + candidate_id % 4], '[]', 'submitted', 1, '',
       cast(:opens AS timestamptz) + (candidate_id % 10000) * interval '1 minute', :closes, :closes, 1, 0, sum(score), false, '', ''
FROM answer GROUP BY candidate_id, attempt_id
"""
# one level of units below the top; everybody's first attempt counts
UNITS = """
INSERT INTO roster_unit (exam_id, unit_id, parent_id, name, path, position)
SELECT :exam, n, CASE n WHEN 1 THEN NULL ELSE 1 END, '单位 ' || n, CASE n WHEN 1 THEN '/1/' ELSE '/1/' || n || '/' END, n
FROM generate_series(1, 241) AS n
"""
ROSTER = """
INSERT INTO roster_entry (exam_id, candidate_id, unit_id, path, rank, post_type, status, reason)
SELECT :exam, candidate_id, 2 + candidate_id % 240, '/1/' || (2 + candidate_id % 240) || '/', '科级', '综合', 'expected', ''
FROM attempt
"""
RESULTS = """
INSERT INTO result (exam_id, candidate_id, source, attempt_id, attempts, score, sat_at)
SELECT :exam, candidate_id, 'online', id, 1, score, finished_at FROM attempt
"""
FOREIGN = "fk_answer_candidate_id_attempt"


def measure(papers: int = PAPERS) -> list[Figure]:
    with postgresql() as url, application(url):
        exam_id = fill(papers)
        with watched() as (servers, worked):
            found = analysed(url, exam_id)
        of_subjects, of_laws = seconds_of_pages(exam_id)
    live = LIVE * max(papers, PAPERS) / WHOLE
    name = f"item analysis of {papers:,} papers of {QUESTIONS} ({papers * QUESTIONS:,} answers), PostgreSQL"
    return [
        Figure(name, found["seconds"], SECONDS, "s"),
        Figure("memory of the process that does it, at most", found["megabytes"], MEGABYTES, "MB"),
        Figure("memory of the database's processes beside what they share", max(servers), MEGABYTES, "MB"),
        Figure("time of the processors in it, database and process together", found["worked"] + worked[0], 2 * SECONDS, "s"),
        Figure("questions in it without an estimate of item response theory", found["without"], 0, ""),
        Figure("marks by subject of the whole exam", of_subjects, live, "s"),
        Figure("law coverage of its year", of_laws, live, "s"),
    ]


def seconds_of_pages(exam_id: int) -> tuple[float, float]:
    """What the pages on subjects and on law coverage read, with everybody counted. People are left out: rosters and
    results go in without their foreign keys."""
    with db.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (UNITS, ROSTER, RESULTS):
            session.execute(text(statement), {"exam": exam_id})
    look_at_tables("VACUUM ANALYZE")
    session, everybody = db.session(), (ALL_UNITS,)
    start = time.perf_counter()
    subjects.by_subject(session, exam_id, everybody, Choice())
    middle = time.perf_counter()
    choice = coverage.Choice(2026)
    coverage.year_of(session, choice, [exam_id], coverage.who(session, choice, [exam_id], everybody, ()))
    return middle - start, time.perf_counter() - middle


def fill(papers: int) -> int:
    """The exam and its papers. Rows go in without their foreign key, which is put back when all are there."""
    with db.transaction() as session:
        exam = make_exam(session, ["single"] * QUESTIONS, forms=FORMS)
        forms = [form.id for form in session.query(Form).order_by(Form.number)]
        values: dict[str, Any] = {"exam": exam.id, "forms": forms, "opens": exam.opens_at, "closes": exam.closes_at,
                                  "questions": QUESTIONS}
        rule = session.scalar(text(f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE '{FOREIGN}%'"))  # noqa: S608
        exact = session.scalar(text(f"SELECT conname FROM pg_constraint WHERE conname LIKE '{FOREIGN}%'"))  # noqa: S608
        exam_id = exam.id
        session.execute(text(f"ALTER TABLE answer DROP CONSTRAINT {exact}"))
    for first in range(1, papers + 1, 100_000):
        with db.transaction() as session:
            session.execute(text(ANSWERS), {**values, "first": first, "last": min(first + 99_999, papers)})
    with db.transaction() as session:
        session.execute(text(ATTEMPTS), values)
        session.execute(text(f"ALTER TABLE answer ADD CONSTRAINT {exact} {rule}"))
    look_at_tables("VACUUM ANALYZE")
    return exam_id


def analysed(url: str, exam_id: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "tests.bench.items", "--one", url, str(exam_id)], check=True,
                          capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def one(url: str, exam_id: int) -> None:
    """In a process of its own: read, work out, keep; prints seconds and the most memory."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(database_url=url, instance_path=Path(folder), secret_key="bench", testing=True))
        with app.app_context():
            start = time.perf_counter()
            with db.snapshot() as session:
                found = analyse(session, session.get_one(Exam, exam_id))
            with db.transaction() as session:
                service.keep(session, exam_id, found, began=clock.now(), now=clock.now())
            taken = time.perf_counter() - start
            db.session.remove()
            db.engine.dispose()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": taken, "megabytes": most, "worked": used.ru_utime + used.ru_stime,
                      "without": sum(question.estimate is None for question in found.questions)}))


@contextmanager
def watched() -> Iterator[tuple[list[float], list[float]]]:
    """Megabytes of the database's processes, looked at twice a second, what all share left out; and in the end the
    seconds that processors worked for them."""
    seen, worked, ended = [0.0], [0.0], threading.Event()
    folder = db.session().scalar(text("SHOW data_directory"))
    db.session().rollback()
    server = psutil.Process(int(Path(folder, "postmaster.pid").read_text().split()[0]))

    def look() -> None:
        while not ended.wait(0.5):
            seen.append(sum(map(private, server.children())))

    before = processor_time(server)
    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen, worked
    finally:
        ended.set()
        watcher.join()
        worked[0] = processor_time(server) - before


def processor_time(server: psutil.Process) -> float:
    """Of the server, of the processes that it has, and of those that it had."""
    living = [one.cpu_times() for one in server.children()]
    own = server.cpu_times()
    return float(sum(one.user + one.system for one in [own, *living]) + own.children_user + own.children_system)


def private(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().uss) / 2**20
    except psutil.Error:
        return 0.0


def main(words: list[str]) -> None:
    if words[:1] == ["--one"]:
        one(words[1], int(words[2]))
        return
    for figure in measure(int(words[0]) if words else WHOLE):
        print(f"{figure.name}  {figure.shown}  {figure.goal_shown}  {figure.verdict}")


if __name__ == "__main__":
    main(sys.argv[1:])
