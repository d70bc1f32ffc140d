"""What the script of the paper is told when it may not go on: always a reason that it knows, and where to look."""

from __future__ import annotations

from quizapp.attempts.models import Attempt
from quizapp.db import db
from tests.web.attempts.conftest import Candidate, attempt_id


def test_handing_in_from_a_tab_that_was_taken_over_says_so(candidate: Candidate) -> None:
    paper = candidate.begin()
    candidate.save(paper)
    candidate.post_json(f"{paper}/take-over", {"client_id": "tab-two-0002"})
    answer = candidate.submit(paper)
    assert answer.status_code == 409
    assert answer.get_json()["reason"] == "taken"
    assert answer.get_json()["address"] == f"{paper}/receipt"


def test_handing_in_what_was_voided_says_that_it_is_over(candidate: Candidate) -> None:
    paper = candidate.begin()
    with candidate.client.application.app_context(), db.transaction() as session:
        session.get_one(Attempt, (candidate.person_id, attempt_id(paper))).state = "void"
    answer = candidate.submit(paper)
    assert answer.status_code == 409
    assert answer.get_json()["reason"] == "closed"
    assert "作废" in answer.get_json()["error"]
