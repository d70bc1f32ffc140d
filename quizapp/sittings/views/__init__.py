"""Routes of whoever holds a sitting: one module per page."""

from quizapp.sittings.views import sealed
from quizapp.sittings.views.blueprint import bp

__all__ = ["bp", "sealed"]
