"""Settings of an installation, read from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from quizapp.config import SecondFactor, Settings, TwoPersons
from quizapp.kernel.errors import InputError


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("QUIZAPP_INSTANCE", str(tmp_path))
    return monkeypatch


def test_a_second_factor_is_asked_for_but_not_of_visitors_of_the_demo(environment: pytest.MonkeyPatch) -> None:
    assert Settings.load().second_factor is SecondFactor.ASKED
    environment.setenv("QUIZAPP_DEMO", "1")
    assert Settings.load().second_factor is SecondFactor.OFFERED
    environment.setenv("QUIZAPP_SECOND_FACTOR", "required")
    assert Settings.load().second_factor is SecondFactor.REQUIRED


def test_a_word_that_is_none_of_the_three_stops_the_start(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("QUIZAPP_SECOND_FACTOR", "require")
    with pytest.raises(InputError, match="asked"):
        Settings.load()


def test_two_persons_are_wanted_unless_the_operator_says_off(environment: pytest.MonkeyPatch) -> None:
    assert Settings.load().two_persons is TwoPersons.REQUIRED
    environment.setenv("QUIZAPP_TWO_PERSONS", "off")
    assert Settings.load().two_persons is TwoPersons.OFF
    environment.setenv("QUIZAPP_TWO_PERSONS", "no")
    with pytest.raises(InputError, match="QUIZAPP_TWO_PERSONS"):
        Settings.load()
