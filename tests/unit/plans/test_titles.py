from __future__ import annotations

import pytest

from quizapp.plans.rules import read_report
from quizapp.plans.rules.titles import classify


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("中华人民共和国行政复议法", "law"),
        ("民法典", "law"),
        ("宪法", "law"),
        ("行政处罚法（2021年修订）", "law"),
        ("刑法修正案（十二）", "law"),
        ("生态环境法典", "law"),
        ("机关事务管理条例", "regulation"),
        ("清河县水资源管理办法", "regulation"),
        ("行政复议法实施条例", "regulation"),
        ("党政主要负责人履行推进法治建设第一责任人职责规定", "party_rule"),
        ("中国共产党纪律处分条例", "party_rule"),
        ("信访工作条例", "party_rule"),
        ("党政机关公务用车管理办法", "party_rule"),
        ("党章", "party_rule"),
        ("关于在全党大兴调查研究的工作方案", "policy"),
        ("法治政府建设实施纲要（2021—2025年）", "policy"),
        ("关于切实加强党政机关法律顾问工作的意见", "policy"),
        ("习近平法治思想学习问答", "book"),
        ("习近平法治思想学习纲要", "book"),
        ("习近平谈治国理政", "book"),
        ("某局2022年法治政府建设情况报告", "own_report"),
        ("坚持以人民为中心推进法治实施", "article"),
    ],
)
def test_the_kind_of_a_title(title: str, kind: str) -> None:
    assert classify(title) == kind


def test_the_words_around_a_title_help_when_it_has_no_telling_end() -> None:
    assert classify("法治的细节", "为党员配发《法治的细节》一书") == "book"
    assert classify("法治的细节", "转载《法治的细节》等文章") == "article"


def test_mentions_are_counted_and_a_broken_title_is_one() -> None:
    report = read_report("学习《中华人\n\n民共和国行政复议法》。宣传《中华人民共和国行政复议法》和《 民法典 》。", {})
    assert [(title.title, title.count) for title in report.titles] == [("中华人民共和国行政复议法", 2), ("民法典", 1)]
