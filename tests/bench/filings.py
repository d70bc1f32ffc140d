"""What a report that is handed in costs: 50,000 people in 241 units, by name in the workbook. The workbook is written in
a process of its own, as a worker does, so that its memory is known."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.db import db
from quizapp.filings import printing, queries, service
from tests.bench.figures import Figure, application, seconds
from tests.bench.pages import PEOPLE, large_agency
from tests.builders.results import OPENS, make_sitting

AFTER = OPENS + timedelta(days=40)
HAND_IN_GOAL, WORKBOOK_GOAL, MEMORY_GOAL, PDF_GOAL = 10, 10, 300, 5


def measure() -> list[Figure]:
    with application() as app:
        with db.transaction() as session:
            exam, by = fill(session)

        def hand_in() -> None:
            with db.transaction() as session:
                service.hand_in_exam(session, exam, True, by=by, now=AFTER)

        handed_in = seconds(hand_in)
        session = db.session()
        view = printing.viewed(queries.get(session, 1), queries.latest(session, 1), ("/",))
        pdf = seconds(lambda: printing.make(session, view, "pdf"))
        settings = app.config["SETTINGS"]
        done = subprocess.run([sys.executable, "-m", "tests.bench.filings", settings.database_url, str(settings.instance_path)],
                              check=True, capture_output=True, text=True, timeout=300)
        written = json.loads(done.stdout)
    return [
        Figure(f"handing in a report of {PEOPLE:,} people", handed_in, HAND_IN_GOAL, "s"),
        Figure(f"its workbook, {written['rows']:,} people by name", written["seconds"], WORKBOOK_GOAL, "s"),
        Figure("of that, processor time", written["worked"], WORKBOOK_GOAL, "s"),
        Figure("peak memory of the process that writes it", written["megabytes"], MEMORY_GOAL, "MB"),
        Figure("its PDF, 241 units", pdf, PDF_GOAL, "s"),
    ]


def fill(session: Session) -> tuple[int, int]:
    agency = large_agency(session)
    exam = make_sitting(agency.session)
    agency.put_in_exam(exam)
    return exam.id, agency.members[agency.units[2].id][0].id


def write(url: str, folder: str) -> None:
    """The workbook of the only filing there; how long it took and how much memory the process had at most."""
    app = create_app(Settings(database_url=url, instance_path=Path(folder), secret_key="bench", testing=True))
    with app.app_context():
        session = db.session()
        view = printing.viewed(queries.get(session, 1), queries.latest(session, 1), ("/",))
        start, worked = time.perf_counter(), time.process_time()
        content = printing.make(session, view, "xlsx", with_people=True)
        took, worked = time.perf_counter() - start, time.process_time() - worked
        assert len(content) > 1_000_000
        print(json.dumps({"seconds": took, "megabytes": peak(), "rows": view.count, "worked": worked}))


def peak() -> float:
    """The most memory that this process had, in megabytes; 0 where the system does not tell. Not `getrusage`: its figure
    begins with what the parent had."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    write(*sys.argv[1:3])
