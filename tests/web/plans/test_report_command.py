"""`quizapp report read`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from quizapp.kernel.errors import FileError
from quizapp.plans.cli import report
from tests.shared_texts import SHARED

REPORTS = Path(__file__).parents[2] / "fixtures" / "reports"
KEYS = {"agency", "year", "exams", "rates", "study_sessions", "campaigns", "subjects", "titles", "shortcomings", "facts"}


def test_the_json_has_the_agreed_shape(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(report, ["read", str(REPORTS / "hospital.txt"), "--json"])
    found = json.loads(answer.output)
    assert answer.exit_code == 0
    assert set(found) >= KEYS
    assert found["exams"] == {"online": 2, "offline": None, "total": None}
    assert {*found["rates"][0]} == {"measure", "value", "literal", "interpreted"}
    assert {*found["facts"][0]} == {"field", "value", "sentence", "start", "end", "interpreted"}


def test_the_summary_says_what_is_not_stated(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(report, ["read", str(REPORTS / "hospital.txt")])
    assert "线上 2 次，线下 报告没有写明" in answer.output


@pytest.mark.shared
def test_the_real_report_names_subjects_of_the_bank(app: Flask) -> None:
    path = SHARED / "reports" / "tianjin-office-affairs-2023.txt"
    found = json.loads(app.test_cli_runner().invoke(report, ["read", str(path), "--json"]).output)
    assert found["exams"] == {"online": 2, "offline": 1, "total": 3}
    assert "民法典" in found["subjects"]


def test_a_file_that_cannot_be_read(app: Flask, tmp_path: Path) -> None:
    answer = app.test_cli_runner().invoke(report, ["read", str(tmp_path / "none.txt")])
    assert answer.exit_code != 0
    assert isinstance(answer.exception, FileError)
    assert "打不开文件 none.txt" in str(answer.exception)
