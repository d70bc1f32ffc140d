"""Joining lines that the layout broke."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.plans.rules import Report, normalise, read_report

REPORTS = sorted((Path(__file__).parents[2] / "fixtures" / "reports").glob("*.txt"))
PIECES = [
    *("全年组织学法考试", "12", "次", "，", "。", "；", "《中华人民共和国民法典》", " ", "\n", "\n\n", "\f", "（一）", "一、"),
    *("一是", "- 3 -", "３", "：", "100%", "《", "》", "2024年1月5日", "某局报告"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_joining_twice_changes_nothing(raw: str) -> None:
    assert normalise(normalise(raw)) == normalise(raw)


@given(st.text(max_size=200))
def test_any_text_can_be_joined(raw: str) -> None:
    assert normalise(normalise(raw)) == normalise(raw)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_joining_a_report_twice_changes_nothing(path: Path) -> None:
    once = normalise(path.read_text(encoding="utf-8"))
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("raw", "joined"),
    [
        ("宣传《中华人\n\n民共和国行政复议法》的意义。", "宣传《中华人民共和国行政复议法》的意义。"),
        ("开展了 12 \n\n次法治学习。", "开展了12次法治学习。"),
        ("开展了\n\n12\n\n次法治学习。", "开展了12次法治学习。"),
        ("参考率９９．５\n％。", "参考率99.5%。"),
        ("组织考试\n\n- 3 -\n\n两次。", "组织考试两次。"),
        ("组织考试\n第 3 页 共 8 页\n两次。", "组织考试两次。"),
        ("组织考试\n3\f两次。", "组织考试两次。"),
        ("学法,普法;考法(线上)", "学法，普法；考法（线上）"),
        ("⼀、法治", "一、法治"),
        ("《总体国家安全观 在新征程上推进》", "《总体国家安全观 在新征程上推进》"),
        ("《 民 法 典 》", "《民法典》"),
    ],
)
def test_what_the_layout_broke_is_whole_again(raw: str, joined: str) -> None:
    assert normalise(raw) == joined


def test_breaks_of_the_writer_stay() -> None:
    raw = "某局2023年法治政府建设情况报告\n\n2023年，某局学法。\n\n一、主要做法\n\n（一）学法\n\n全年学法。\n\n某局\n\n2024年1月5日"
    assert normalise(raw).split("\n") == [
        "某局2023年法治政府建设情况报告", "2023年，某局学法。", "一、主要做法", "（一）学法", "全年学法。", "某局", "2024年1月5日",
    ]  # fmt: skip


def test_a_header_that_every_page_repeats_is_dropped() -> None:
    pages = "\f".join(f"某局年度报告\n第{number}部分学法内容。\n{number}" for number in "一二三")
    assert "年度报告" not in normalise(pages)


def told(report: Report) -> object:
    return (
        report.exams,
        {(rate.measure, rate.value, rate.interpreted) for rate in report.rates},
        report.study_sessions,
        {(title.title, title.count) for title in report.titles},
        [campaign.name for campaign in report.campaigns],
    )


SENTENCES = [
    "组织开展学法考试4次，其中线上3次、线下1次，参考率99.5%、合格率98%，学习《中华人民共和国行政复议法》12次。",
    "全年组织两次线上考试和一次线下部门集中考法，三次考试实现应考人数及合格率指标均达100%，推动普法责任制落实。",
    "二是上、下半年各组织一次线上学法考试，应考120人，实考117人，开展宪法宣传周活动，学习《民法典》和《公共机构节能条例》。",
]
BREAKS = st.sampled_from(["\n", "\n\n", " \n", "\r\n", "\n　"])


@settings(max_examples=150)
@given(st.sampled_from(SENTENCES), st.lists(st.tuples(st.integers(1, 60), BREAKS), max_size=5))
def test_line_breaks_inside_a_sentence_change_nothing(sentence: str, breaks: list[tuple[int, str]]) -> None:
    head = "某县财政局2023年法治政府建设情况报告\n\n2023年，某县财政局深入学法用法，现报告如下。\n\n"
    broken = sentence
    for place, mark in sorted(breaks, reverse=True):
        place = min(place, len(sentence) - 1)
        broken = broken[:place] + mark + broken[place:]
    assert told(read_report(head + broken, {})) == told(read_report(head + sentence, {}))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("width", [18, 28, 39])
def test_a_page_of_fixed_width_reads_as_the_unbroken_text(path: Path, width: int) -> None:
    raw = normalise(path.read_text(encoding="utf-8"))
    lines = [line[start : start + width] for line in raw.split("\n") for start in range(0, len(line), width)]
    pages = ["\n".join([*lines[start : start + 12], "", f"- {start // 12 + 1} -"]) for start in range(0, len(lines), 12)]
    assert told(read_report("\n\n".join(pages), {})) == told(read_report(raw, {}))
