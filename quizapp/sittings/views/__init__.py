"""Routes of whoever holds a sitting: one module per page."""

from quizapp.sittings import approving as approving  # registers what takes two persons
from quizapp.sittings.views import board, commitments, giving, holding, notes, sealed
from quizapp.sittings.views.blueprint import bp

__all__ = ["board", "bp", "commitments", "giving", "holding", "notes", "sealed"]
