"""Routes of applications and rosters: one module per page."""

from quizapp.rosters.views import cases, entry, late, own, reasons
from quizapp.rosters.views.blueprint import bp
from quizapp.rosters.views.cases import waiting_count

WAITING = {"exams": waiting_count}
__all__ = ["WAITING", "bp", "cases", "entry", "late", "own", "reasons"]
