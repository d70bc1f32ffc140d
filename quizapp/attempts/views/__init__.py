"""Routes of the candidate: pages, and what the exam page asks in the background."""

from quizapp.attempts import facility as facility  # registers itself with the making of forms
from quizapp.attempts.views import background, candidate, files, notes, receipts, standing, starting
from quizapp.attempts.views.blueprint import NAV, bp

__all__ = ["NAV", "background", "bp", "candidate", "files", "notes", "receipts", "standing", "starting"]
