"""Reading a yearly rule-of-law report. `read_report` is the entry; the values it gives are in `facts`."""

from quizapp.plans.rules.facts import (
    Activity,
    Campaign,
    Exams,
    Fact,
    Note,
    Report,
    StatedRate,
    Title,
)
from quizapp.plans.rules.reader import read_report
from quizapp.plans.rules.text import normalise

__all__ = [
    "Activity",
    "Campaign",
    "Exams",
    "Fact",
    "Note",
    "Report",
    "StatedRate",
    "Title",
    "normalise",
    "read_report",
]
