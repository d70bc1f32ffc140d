"""The hall in which sealed files are handed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.builders.sealed_hall import Hall, make_hall


@pytest.fixture
def hall(app: Flask) -> Iterator[Hall]:
    with app.app_context():
        yield make_hall()
