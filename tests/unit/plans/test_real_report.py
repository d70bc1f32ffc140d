"""The published report for 2023 of a government offices administration, as a person read it."""

from __future__ import annotations

import re

import pytest

from quizapp.plans.rules import Report, read_report
from tests.shared_texts import ABSENT, SHARED

REPORT = SHARED / "reports" / "tianjin-office-affairs-2023.txt"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not REPORT.exists(), reason=ABSENT)]
TERMS = {"习近平法治思想": ["习近平法治思想"], "民法典": ["民法典"], "行政复议": ["行政复议"], "海关": ["海关"]}


@pytest.fixture(scope="module")
def report() -> Report:
    return read_report(REPORT.read_text(encoding="utf-8"), TERMS)


def test_agency_and_year(report: Report) -> None:
    assert (report.agency, report.year) == ("天津市机关事务管理局", 2023)


def test_two_exams_online_one_offline(report: Report) -> None:
    assert (report.exams.online, report.exams.offline, report.exams.total) == (2, 1, 3)
    assert not any(fact.interpreted for fact in report.facts if fact.field.startswith("exams"))


def test_both_rates_with_their_words(report: Report) -> None:
    words = "应考人数及合格率指标均达100%"
    assert [(rate.measure, rate.value, rate.literal, rate.interpreted) for rate in report.rates] == [
        ("participation", 100, words, True),
        ("pass_rate", 100, words, False),
    ]


def test_twelve_study_sessions_and_nothing_else_counted(report: Report) -> None:
    assert report.study_sessions == 12
    counted = [fact.literal for fact in report.facts if fact.field.startswith(("exams", "study"))]
    assert not any(re.search("55|75|28|咨政|示范点|答题|竞答", words) for words in counted)


def test_campaigns_and_what_was_done(report: Report) -> None:
    done = {campaign.name: {activity.kind for activity in campaign.activities} for campaign in report.campaigns}
    assert {"poster", "online_quiz", "online_class"} <= done["全民国家安全教育日"]
    assert {"online_quiz", "exhibition", "material"} <= done["民法典宣传"]
    assert {"oath", "lecture"} <= done["宪法宣传周"]
    assert "court_hearing" in done["旁听庭审"]


def test_ten_titles_of_which_two_are_laws(report: Report) -> None:
    kinds = [title.kind for title in report.titles]
    assert len(report.titles) == 10
    assert {title.title for title in report.titles if title.kind == "law"} == {"中华人民共和国行政复议法", "民法典"}
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "law": 2, "party_rule": 1, "policy": 3, "own_report": 1, "article": 2, "book": 1,
    }  # fmt: skip
    assert next(title.count for title in report.titles if title.kind == "party_rule") == 3


def test_the_stated_gaps(report: Report) -> None:
    gaps = "\n".join(report.shortcomings)
    for words in ("学习培训形式不够丰富", "学法用法的积极性、主动性还不够", "法务工作队伍建设还要进一步加强"):
        assert words in gaps


def test_subjects_are_those_named(report: Report) -> None:
    assert report.subjects == ("习近平法治思想", "民法典", "行政复议")


def test_places_point_into_the_joined_text(report: Report) -> None:
    for fact in report.facts:
        assert report.text[fact.start : fact.end] == fact.sentence
        assert fact.literal in fact.sentence


def test_there_is_nothing_to_doubt(report: Report) -> None:
    assert report.notes == ()
