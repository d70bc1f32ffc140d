"""Routes of reports: the report of an exam and the year, what stands behind a figure, and comparison over years."""

from quizapp.reports.views import behind, exam, years
from quizapp.reports.views.blueprint import NAV, bp

__all__ = ["NAV", "behind", "bp", "exam", "years"]
