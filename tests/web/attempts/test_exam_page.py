"""The paper as the browser gets it."""

from __future__ import annotations

import base64
import html
import re

from tests.web.attempts.conftest import Candidate, data_of


def test_every_question_says_its_number_and_its_marks(candidate: Candidate) -> None:
    page = html.unescape(candidate.get(candidate.begin()).get_data(as_text=True))
    heads = re.findall(r"第 (\d+) 题，共 (\d+) 题", page)
    assert heads == [(str(number), str(len(heads))) for number in range(1, len(heads) + 1)]
    assert page.count('<span class="hint">10 分</span>') == len(heads) > 5
    assert "<None" not in page
    assert not re.search(r"[0-9a-f]{16}:[a-z]", page), "a gap of the mould was not filled"


def test_the_script_is_given_what_it_encrypts_with(candidate: Candidate) -> None:
    data = data_of(candidate.get(candidate.begin()).get_data(as_text=True))
    assert data["person"] == candidate.person_id
    assert len(base64.b64decode(data["outbox_key"])) == 32
    point = base64.b64decode(data["sealing"]["key"])
    assert (len(point), point[0], len(data["sealing"]["id"])) == (65, 4, 16)
    assert data["paused"] is None
    assert {"save", "claim", "takeOver", "submit", "signIn"} <= data["urls"].keys()
