"""Routes of applications and rosters: one module per page."""

from quizapp.rosters.views import cases, entry, late, own, reasons
from quizapp.rosters.views.blueprint import bp

__all__ = ["bp", "cases", "entry", "late", "own", "reasons"]
