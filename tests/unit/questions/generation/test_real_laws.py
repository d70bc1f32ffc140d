"""The real texts: enough candidates, every one proved, none that the bank would reject by its form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from quizapp.kernel.text import fold
from quizapp.questions.rules.duplicates import near_duplicates
from quizapp.questions.rules.generation import Candidate, SourceArticle, candidates
from quizapp.questions.rules.generation.similarity import NEAR_DUPLICATE, comparable
from quizapp.questions.rules.markup import is_broken, plain_stem
from quizapp.questions.rules.wording import is_catch_all, unmarked_negation
from quizapp.statutes.rules.reading import parse_text
from quizapp.statutes.rules.wording import fingerprint, normal_form

pytestmark = pytest.mark.shared

CIVIL_CODE, CONSTITUTION = ("民法典", "2020-05-28"), ("宪法", "2018-03-11")
LAWS = [
    "国家安全法",
    "反间谍法2023",
    "保守国家秘密法2024",
    "保守国家秘密法实施条例2024",
    "数据安全法",
    "个人信息保护法",
    "网络数据安全管理条例",
    "行政复议法2023",
    "行政诉讼法",
    "行政处罚法",
    "行政许可法",
    "行政强制法",
    "国家赔偿法",
    "公务员法",
    "公职人员政务处分法",
    "监察法2024",
    "立法法2023",
    "机关事务管理条例",
    "公共机构节能条例",
    "行政事业性国有资产管理条例",
    "预算法",
    "预算法实施条例",
    "政府采购法",
    "政府采购法实施条例",
    "审计法",
    "政府信息公开条例",
    "重大行政决策程序暂行条例",
    "档案法",
    "档案法实施条例2024",
    "信访工作条例",
    "统计法2024",
    "突发事件应对法2024",
    "安全生产法",
    "消防法",
    "节约能源法",
    "反食品浪费法",
    "劳动合同法",
    "社会保险法",
    "密码法",
    "国旗法",
    "国徽法",
    "反恐怖主义法",
    "国防法",
    "地方各级人民代表大会和地方各级人民政府组织法",
    "优化营商环境条例",
    "公平竞争审查条例2024",
    "保障中小企业款项支付条例2025",
]


def articles_of(files: Sequence[Path], law: str, version: str) -> list[SourceArticle]:
    return [
        SourceArticle(law, version, article.number, article.path, article.paragraphs)
        for file in files
        for article in parse_text(file.read_text(encoding="utf-8")).articles
    ]


@pytest.fixture(scope="module")
def sources(shared: Path) -> list[SourceArticle]:
    statutes = shared / "statutes"
    found = articles_of(sorted((statutes / "民法典").glob("*.md")), *CIVIL_CODE)
    found += articles_of([statutes / "宪法/宪法.md"], *CONSTITUTION)
    for entry in LAWS:
        law, year = re.fullmatch(r"(\D+)(\d*)", entry).groups()
        (file,) = [path for path in statutes.rglob(f"{law}(*.md") if f"({year}" in path.name]
        found += articles_of([file], law, file.stem.partition("(")[2].rstrip(")"))
    return found


@pytest.fixture(scope="module")
def made(sources: list[SourceArticle]) -> list[Candidate]:
    return list(candidates(sources, seed=1))


def test_there_are_five_thousand_distinct_candidates_of_every_kind(made):
    assert len(made) >= 5000
    assert len({candidate.stem + str(candidate.options) for candidate in made}) == len(made)
    assert {candidate.kind for candidate in made} == {"number", "body", "list", "edit", "term"}


def test_no_two_are_near_duplicates(made):
    assert next(near_duplicates([comparable(candidate) for candidate in made], NEAR_DUPLICATE), None) is None


def test_the_same_seed_makes_the_same_and_laws_behind_change_nothing(sources, made):
    first = [source for source in sources if (source.law, source.version) in {CIVIL_CODE, CONSTITUTION}]
    again = list(candidates(first, seed=1))
    assert again == made[: len(again)]


def test_every_proof_lies_in_its_article_and_supports_the_key(sources, made):
    texts = {(s.law, s.version, s.number): "\n".join(s.paragraphs) for s in sources}
    for candidate in made:
        text = texts[candidate.law, candidate.version, candidate.article]
        start, end = candidate.span
        assert candidate.fingerprint == fingerprint(text)
        assert 0 <= start < end <= len(normal_form(text))
        proof = normal_form(text)[start:end]
        for letter in candidate.key:
            if candidate.options:
                assert normal_form(candidate.options[letter]) in proof, candidate


def test_true_statements_are_the_words_of_the_law_and_false_ones_are_not(sources, made):
    texts: dict[str, str] = {}
    for source in sources:
        texts[source.law] = texts.get(source.law, "") + normal_form("\n".join(source.paragraphs))
    for candidate in made:
        if candidate.kind == "edit":
            said = re.sub("^根据《[^》]+》(?:关于“[^”]+”的规定)?，", "", candidate.stem)
            quoted = normal_form(said.rstrip("。")) in texts[candidate.law]
            assert quoted == (candidate.key == ("true",)), candidate


def test_about_half_of_the_statements_are_true(made):
    keys = [candidate.key for candidate in made if candidate.type == "true_false"]
    assert 0.45 < keys.count(("true",)) / len(keys) < 0.55


def test_no_distractor_is_a_key_and_no_stem_contains_its_key(made):
    for candidate in made:
        right = {fold(candidate.options[letter]) for letter in candidate.key if candidate.options}
        wrong = [fold(text) for letter, text in candidate.options.items() if letter not in candidate.key]
        assert not right & set(wrong), candidate
        assert len(set(wrong)) == len(wrong), candidate
        assert not any(key in fold(plain_stem(candidate.stem)) for key in right), candidate


def test_the_form_is_that_of_the_bank(made):
    for candidate in made:
        assert 10 < len(candidate.stem) <= 120
        assert not is_broken(candidate.stem)
        assert len(candidate.explanation) >= 15
        assert (
            len(candidate.options)
            in {"single": (3, 4, 5), "multiple": (4, 5, 6), "true_false": (0,)}[candidate.type]
        )
        assert len(candidate.key) == 1 or candidate.type == "multiple"
        if candidate.options:
            assert unmarked_negation(candidate.stem) is None, candidate.stem
            assert not any(is_catch_all(text) for text in candidate.options.values())


def test_letters_of_the_key_are_spread(made):
    letters = [candidate.key[0] for candidate in made if candidate.type == "single"]
    assert all(letters.count(letter) > 0.1 * len(letters) for letter in "ABCD")
