"""Progress lines on the error output."""

from __future__ import annotations

import sys

import pytest

from quizapp.jobs.terminal import Counter


def test_a_file_gets_a_line_for_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    counter = Counter()
    for done in range(0, 1001, 10):
        counter(done, 1000, "写入人员")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [f"写入人员 {done} / 1000" for done in range(0, 1001, 100)]


def test_somebody_who_looks_on_gets_one_line_a_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    counter = Counter()
    for done, step in ((0, "核对"), (5, "核对"), (10, "核对"), (0, "写入"), (4, "写入")):
        counter(done, 10, step)
    assert capsys.readouterr().err == "核对 0 / 10\r核对 5 / 10\r核对 10 / 10\n写入 0 / 10\r写入 4 / 10"
    counter(0, 3, "收尾")
    assert capsys.readouterr().err == "\n收尾 0 / 3"
