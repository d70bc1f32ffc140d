"""What the worker does for the operator without being asked."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import current_app

from quizapp import clock
from quizapp.audit import heads, queries, refusals
from quizapp.audit.signing import seal
from quizapp.db import db
from quizapp.jobs.rules import regularly
from quizapp.kernel.errors import FileError

log = logging.getLogger(__name__)


@regularly
def write_head() -> None:
    """Keep the signed end of the audit chain outside the database, whenever it has grown."""
    db.session().rollback()  # what was read before is let go: the chain may have grown since
    found = queries.head(db.session())
    try:
        _keep(Path(current_app.instance_path), found)
    except (OSError, FileError):  # a full disk must not end the worker: it is tried again in some seconds
        log.exception("the head of the audit chain could not be kept")


@regularly
def settle_refusals() -> None:
    """Put into the audit chain what was only counted in the minutes that are over."""
    db.session().rollback()
    if refusals.unsettled(db.session(), clock.now()):
        with db.transaction() as session:
            refusals.settle(session, clock.now())


def _keep(folder: Path, found: queries.Head) -> None:
    before = heads.last(folder)
    if before is not None and found.number < before.number:
        log.error("the audit chain ends at %d, it ended at %d before: run `quizapp audit verify`", found.number, before.number)
    heads.keep(folder, found, clock.now(), seal())
