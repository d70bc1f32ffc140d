"""Reports of different wording, each with what a careful person reads in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from quizapp.plans.rules import Report, read_report

REPORTS = Path(__file__).parents[2] / "fixtures" / "reports"
TERMS = {
    "习近平法治思想": ["习近平法治思想"],
    "宪法与宪法宣誓": ["宪法", "宪法宣誓"],
    "民法典": ["民法典"],
    "行政复议": ["行政复议"],
    "信息公开": ["政府信息公开"],
}
Rates = set[tuple[str, float, bool]]


@dataclass(frozen=True)
class Expected:
    agency: str
    year: int
    exams: tuple[int | None, int | None, int | None]
    rates: Rates
    sessions: int | None
    campaigns: set[str]
    shortcomings: int


EXPECTED = {
    "county-bureau": Expected(
        "清河县水务局", 2024, (3, 1, 4),
        {("participation", 99.5, False), ("pass_rate", 98, False)}, 8, {"世界水日", "宪法宣传周"}, 3,
    ),
    "district-housing": Expected(
        "江北新城区住房和城乡建设局", 2022, (3, None, None),
        {("participation", 100, False), ("pass_rate", 100, False)}, 6, {"民法典宣传", "全国节能宣传周", "旁听庭审"}, 3,
    ),
    "hospital": Expected(
        "清河县第二人民医院", 2024, (2, None, None), {("pass_rate", 97.5, False)}, 4, {"全民国家安全教育日"}, 0,
    ),
    "finance-bureau": Expected(
        "临江市财政局", 2023, (3, 2, 5),
        {("participation", 99.52, False), ("pass_rate", 100, False), ("excellence_rate", 96.2, True)},
        18, {"宪法宣传周", "民法典宣传"}, 3,
    ),
    "no-law-study": Expected("松岭镇环境卫生管理站", 2023, (None, None, None), set(), None, set(), 1),
    "contradiction": Expected(
        "青山区人力资源和社会保障局", 2023, (3, 2, 6),
        {("participation", 98, False), ("pass_rate", 100, True)}, 4, {"宪法宣传周"}, 0,
    ),
    "no-exam": Expected(
        "南湖街道办事处", 2023, (None, None, 0), set(), 5, {"全国保密宣传教育月", "旁听庭审", "以案释法"}, 0,
    ),
    "all-hands": Expected(
        "东港市档案馆", 2025, (2, 1, 3), {("participation", 100, True), ("pass_rate", 100, True)}, 12, set(), 0,
    ),
}  # fmt: skip


def read_fixture(name: str) -> Report:
    return read_report((REPORTS / f"{name}.txt").read_text(encoding="utf-8"), TERMS)


def read_line(words: str) -> Report:
    return read_report(f"某县财政局2023年法治政府建设情况报告\n\n{words}", TERMS)


def rates(report: Report) -> Rates:
    return {(rate.measure, rate.value, rate.interpreted) for rate in report.rates}


def counts(report: Report) -> tuple[int | None, int | None, int | None]:
    return report.exams.online, report.exams.offline, report.exams.total


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_report_reads_as_a_careful_person_reads_it(name: str) -> None:
    report = read_fixture(name)
    expected = EXPECTED[name]
    assert (report.agency, report.year) == (expected.agency, expected.year)
    assert counts(report) == expected.exams
    assert rates(report) == expected.rates
    assert report.study_sessions == expected.sessions
    assert {campaign.name for campaign in report.campaigns} == expected.campaigns
    assert len(report.shortcomings) == expected.shortcomings


def test_every_fixture_is_expected() -> None:
    assert {path.stem for path in REPORTS.glob("*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_fact_carries_its_sentence_and_place(name: str) -> None:
    report = read_fixture(name)
    assert report.facts
    for fact in report.facts:
        assert report.text[fact.start : fact.end] == fact.sentence
        assert fact.literal in fact.sentence
    for rate in report.rates:
        assert rate.literal in report.text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("组织开展学法考试4次，其中线上3次、线下1次。", (3, 1, 4)),
        ("全年共组织线上学法考试三场。", (3, None, None)),
        ("组织学法考试 ４ 次，其中线上 ３ 次、线下 １ 次。", (3, 1, 4)),
        ("线上、线下学法考试分别为3次和1次。", (3, 1, 4)),
        ("线上、线下各组织1次学法考试。", (1, 1, 2)),
        ("开展3次线上、1次线下学法考试。", (3, 1, 4)),
        ("组织了2次线上、1次线下共3次学法考试。", (2, 1, 3)),
        ("上、下半年各组织一次线上学法考试。", (2, None, None)),
        ("上半年组织线上学法考试1次，下半年组织线上学法考试1次。", (2, None, None)),
        ("每季度组织一次学法考试。", (None, None, 4)),
        ("法律知识考试4次，均为线上。", (4, 0, 4)),
        ("参加国家工作人员学法用法无纸化考试1次。", (1, None, None)),
        ("组织国家工作人员线上学法用法考试2场、线下闭卷考试1场。", (2, 1, 3)),
        ("今年未单独组织学法考试。", (None, None, 0)),
        ("未开展线下考试，全年线上学法考试2次。", (2, 0, 2)),
        ("全年集中学法12次、学法考试2次，其中线上考试1次、线下考试1次。", (1, 1, 2)),
        ("举办线上考试2次，线下考试1次，累计3次学法考试，参考率均达到100%。", (2, 1, 3)),
        ("开展宪法知识测试1次、民法典知识测试1次。", (None, None, 2)),
        ("先后3次组织干部参加线上学法考试。", (3, None, None)),
        ("组织学法用法考试2期，累计参考300人次。", (None, None, 2)),
        ("2022年组织学法考试5次，2023年组织学法考试3次。", (None, None, 3)),
        ("组织学法考试3次，较2022年的2次增加1次。", (None, None, 3)),
        ("开展法治讲座6场，其中线上4场、线下2场；组织学法考试2次。", (None, None, 2)),
    ],
)
def test_exams_in_many_wordings(words: str, expected: tuple[int | None, int | None, int | None]) -> None:
    assert counts(read_line(words)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "积极参加学法学习考试。",
        "组织宪法知识答题活动3次，民法典线上测试答题2次。",
        "开展普法，举办行政执法人员资格考试2次，合格率96%。",
        "学法方面，组织法律问题论证28次，专家咨政2次，二级复审55件次，回复75件。",
        "2022年组织学法考试5次，合格率99%。",
        "下一步，组织学法考试5次，合格率力争100%。",
        "组织学法考试10余次。",
        "学习《国家工作人员学法考试2次管理办法》。",
        "普法工作中，软件测试3次，核酸检测2次，驾驶员技能考试2次。",
    ],
)
def test_what_is_no_law_exam_of_the_year(words: str) -> None:
    report = read_line(words)
    assert counts(report) == (None, None, None)
    assert report.rates == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("学法考试参考率99.5%、合格率98%。", {("participation", 99.5, False), ("pass_rate", 98, False)}),
        ("学法考试应考人数及合格率指标均达100%。", {("participation", 100, True), ("pass_rate", 100, False)}),
        ("学法考试参考率和合格率分别为９９．５％和百分之九十八。", {("participation", 99.5, False), ("pass_rate", 98, False)}),
        ("学法考试实现参考率、合格率“两个100%”。", {("participation", 100, False), ("pass_rate", 100, False)}),
        ("以100%的参考率、99%的合格率完成学法考试。", {("participation", 100, False), ("pass_rate", 99, False)}),
        ("学法考试 参考率 100 % 合格率 99.2 %", {("participation", 100, False), ("pass_rate", 99.2, False)}),
        ("组织学法考试，全员参加、全部合格。", {("participation", 100, True), ("pass_rate", 100, True)}),
        ("学法考试应考85人，实考84人，合格63人。", {("participation", 98.82, True), ("pass_rate", 75, True)}),
        ("学法考试120人参加考试，117人合格，合格率97.5%。", {("pass_rate", 97.5, False)}),
        ("学法考试全部通过线上方式进行。", set()),
        ("学法考试合格率由2022年的95%提高到2023年的98%。", {("pass_rate", 98, False)}),
        ("开展学法考试，做到应考尽考，成绩全部达到合格以上。", {("participation", 100, True), ("pass_rate", 100, True)}),
        (
            "学法考试参考率、合格率、优秀率分别达到100%、99%、97.6%。",
            {("participation", 100, False), ("pass_rate", 99, False), ("excellence_rate", 97.6, False)},
        ),
        ("持续学法普法。食品抽检合格率98%，垃圾分类参与率92%。", set()),
    ],
)
def test_rates_in_many_wordings(words: str, expected: Rates) -> None:
    assert rates(read_line(words)) == expected


@pytest.mark.parametrize(
    ("words", "sessions"),
    [
        ("开展会前学法8次。", 8),
        ("举办法治讲座、专题学习6场。", 6),
        ("举办法治讲座、专题学习６ 场。", 6),
        ("中心组集体学习宪法、民法典等法律法规十二次。", 12),
        ("共举办各类学法活动15场次，其中会前学法10次、法治讲座5场。", 15),
        ("举办法治培训2期，培训120人次。", 2),
        ("组织政治学习20次。学法常抓不懈。", None),
        ("普法宣传活动12场，法治讲座进社区5场。", None),
    ],
)
def test_study_sessions_in_many_wordings(words: str, sessions: int | None) -> None:
    assert read_line(words).study_sessions == sessions


def test_a_report_without_law_study_says_so() -> None:
    report = read_fixture("no-law-study")
    assert not report.law_study
    assert report.subjects == ()
    assert any("没有写学法" in str(note) for note in report.notes)


def test_contradictory_numbers_are_kept_and_pointed_out() -> None:
    notes = " ".join(str(note) for note in read_fixture("contradiction").notes)
    assert "共 6 次" in notes
    assert "之和是 5 次" in notes
    assert "98% 与人数算出的 95.0% 不一致" in notes


def test_two_different_totals_leave_the_total_open() -> None:
    report = read_line("全年组织学法考试3次。今年开展学法考试5次。")
    assert report.exams.total is None
    assert any("不一致" in str(note) for note in report.notes)


def test_the_json_has_the_agreed_shape() -> None:
    shape = json.loads(json.dumps(read_fixture("county-bureau").as_dict(), ensure_ascii=False))
    assert list(shape["exams"]) == ["online", "offline", "total"]
    assert all(list(rate) == ["measure", "value", "literal", "interpreted"] for rate in shape["rates"])
    assert all(list(title) == ["title", "kind", "count"] for title in shape["titles"])
    assert all(
        list(fact) == ["field", "value", "sentence", "start", "end", "interpreted"] for fact in shape["facts"]
    )
    assert shape["campaigns"] == ["世界水日", "宪法宣传周"]


def test_an_empty_text_gives_an_empty_reading() -> None:
    report = read_report("", TERMS)
    assert (report.agency, report.year, report.facts, report.law_study) == (None, None, (), False)
    assert counts(report) == (None, None, None)


@pytest.mark.parametrize("words", ["9" * 400, "一" * 400, "十十", "百千万"])
def test_words_that_are_no_number_stop_nothing(words: str) -> None:
    report = read_line(f"组织学法考试{words}次，应考{words}人，合格率百分之{words}。")
    assert report.exams.total is None
    assert not any(rate.value > 100 for rate in report.rates)
