"""One installation for a whole module, put back after everything that was written."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.databases import Templates
from tests.fuzz.arena import Arena, made_arena
from tests.fuzz.forms import Form, forms_of
from tests.permissions.matrix import read

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
SEED = int(os.environ.get("QUIZAPP_FUZZ_SEED", "1"))
TIMES = int(os.environ.get("QUIZAPP_FUZZ_EXAMPLES", "1"))
"""By how much more than in every test run is tried."""


@pytest.fixture(scope="module")
def arena(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with made_arena("sqlite", templates, tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@pytest.fixture(scope="module", params=BOTH)
def either_arena(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arena]:
    with made_arena(request.param, templates, tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@pytest.fixture(scope="session")
def forms(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Form]:
    """Every form of the product, as its pages show it."""
    with made_arena("sqlite", templates, tmp_path_factory.mktemp("forms")) as made:
        return forms_of(made, read())
