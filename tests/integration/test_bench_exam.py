"""The measurement of an exam, with a handful of candidates: that it runs, not what it measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.exam import cpu, table
from tests.bench.exam.__main__ import main

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(not cpu.available(), reason="CPU and memory are read from /proc, which only Linux has"),
]
ONLY_ON_POSTGRESQL = {"database_mb"}


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_every_figure_is_there_and_no_request_failed(
    database: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    status = main(["--database", database, "--candidates", "5", "--seconds", "3", "--json", str(file)])
    printed, noted = capfd.readouterr()
    content = json.loads(file.read_text(encoding="utf-8"))
    assert (status, content["failures"]) == (0, []), noted
    (figures,) = content["figures"].values()
    rows = table.ROWS + table.BESIDE
    missing = {row.key for row in rows} - set(figures) - (ONLY_ON_POSTGRESQL if database == "sqlite" else set())
    assert not missing
    for row in rows:
        assert row.title in printed
    # 16 people to warm up, 2 step by step, 5 at once, 20 at a steady pace, and the yardstick's clients
    assert figures["requests"] > 16 * 18 + 2 * 68 + 5 * 7 + 20 * 4
    assert figures["bare_ms"] > 0
    assert figures["product_mb"] > 50


def test_a_request_that_fails_makes_the_exit_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench.exam import phases

    real = phases.Run.rush

    def hand_in_twice_over(run: phases.Run, sizes: phases.Sizes) -> None:
        real(run, sizes)
        run.acts("rush", "claim")  # handed in already: refused

    monkeypatch.setattr(phases.Run, "rush", hand_in_twice_over)
    file = tmp_path / "figures.json"
    assert main(["--database", "sqlite", "--candidates", "2", "--seconds", "1", "--json", str(file)]) == 1
    content = json.loads(file.read_text(encoding="utf-8"))
    assert any("rush: claim" in line and "409" in line for line in content["failures"])
