"""Parts of forms that several features use."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from wtforms.validators import NumberRange

HUGE = Decimal(10) ** 12


class Between(NumberRange):
    """A number within bounds. What no bound can be compared with lies outside: signalling NaN, four hundred digits."""

    def __call__(self, form: Any, field: Any) -> None:
        number = field.data
        fits = False
        with suppress(ArithmeticError):
            fits = number is None or (Decimal(number).is_finite() and abs(number) < HUGE)
        if not fits:
            field.data = HUGE
        try:
            super().__call__(form, field)
        finally:
            field.data = number
