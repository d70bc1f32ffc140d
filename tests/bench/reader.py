"""Reading a yearly report."""

from __future__ import annotations

from quizapp.kernel.documents import read_document
from quizapp.ops.demo.loading import PLAN_REPORT
from quizapp.plans.rules import read_report
from tests.bench.figures import Figure, median_seconds


def measure() -> list[Figure]:
    return [Figure("reading a report", median_seconds(lambda: read_report(read_document(PLAN_REPORT), {})), 1, "s")]
