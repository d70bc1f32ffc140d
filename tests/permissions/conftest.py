"""Installations for whole modules: what a test writes into them is undone, or is nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine

from tests.conftest import EXAM_MORNING
from tests.databases import Templates
from tests.permissions.making import made_world
from tests.permissions.world import World

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@contextmanager
def world_on(kind: str, templates: Templates, folder: Path) -> Iterator[World]:
    """At nine on an exam morning, where time stands still."""
    with time_machine.travel(EXAM_MORNING, tick=False), templates.copy(kind, folder) as url, made_world(url, folder) as made:
        yield made


@pytest.fixture(scope="module")
def world(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite, where a test may undo what it wrote."""
    with world_on("sqlite", templates, tmp_path_factory.mktemp("permissions")) as made:
        yield made


@pytest.fixture(scope="module", params=BOTH)
def either_world(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """On each database, for tests that only read."""
    with world_on(request.param, templates, tmp_path_factory.mktemp("permissions")) as made:
        yield made


@pytest.fixture(params=BOTH)
def own_world(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[World]:
    """On each database, for one test that writes."""
    with world_on(request.param, templates, tmp_path) as made:
        yield made
