"""What is refused, and why: sentences that hang on others, stems that tell, near-duplicates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.rules.generation import SourceArticle, candidates, refused_reasons
from quizapp.questions.rules.generation.passages import Passage, passages, read_article
from quizapp.questions.rules.generation.refusal import LONGEST_STEM, REASONS, gives_away, unclear
from quizapp.questions.rules.generation.similarity import Seen, comparable
from quizapp.statutes.rules.wording import fingerprint, normal_form
from tests.unit.questions.generation.statutes import LAW, VERSION, articles, made


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("为了方便读者借阅，制定本条例。", "purpose"),
        ("本条例自2030年9月1日起施行。", "purpose"),
        ("前款规定的图书不得外借给个人读者。", "refers"),
        ("依照本条例第五条办理借阅证的，可以续借。", "refers"),
        ("该读者应当在三十日内归还图书。", "refers"),
        ("有下列情形之一的，暂停其借阅资格。", "refers"),
        ("其借阅证由市图书馆统一收回保管。", "fragment"),
        ("但是古籍和孤本不得外借给个人。", "fragment"),
        ("同时应当告知读者归还的地点。", "fragment"),
        ("图书不外借。", "stem_short"),
    ],
)
def test_what_cannot_be_understood_alone_is_refused(text, reason):
    assert unclear(text, later=False) == reason
    assert reason in REASONS


def test_what_the_pronoun_means_may_stand_before_it():
    assert unclear("读者委托图书馆代为保管的，该图书馆应当出具收据。", later=False) == ""


def test_a_condition_without_subject_is_refused_in_a_later_paragraph():
    assert unclear("情节严重的，注销其借阅证并予以公告。", later=True) == "fragment"
    assert unclear("涉及古籍的，由市图书馆统一登记编号。", later=True) == "fragment"


def read(*paragraphs: str):
    return read_article(SourceArticle(LAW, VERSION, "1", ("管理",), paragraphs))


def test_an_exception_stays_with_its_rule():
    (first, *_) = passages(read("图书可以外借三十日。法律另有规定的，依照其规定。"))
    assert isinstance(first, Passage)
    assert first.text.endswith("依照其规定。")


def test_a_second_sentence_brings_what_introduces_it():
    _, second = passages(read("读者丢失图书的，应当赔偿。不能赔偿的，注销借阅证。"))
    assert isinstance(second, Passage)
    assert second.text.startswith("读者丢失图书的")
    assert second.text[second.target :].startswith("不能赔偿的")


@given(
    st.lists(
        st.text("图书馆读者应当可以不得三十日内归还，；。（）“” \u3000\n0９", min_size=1, max_size=60),
        min_size=1,
    )
)
def test_passages_stand_where_they_say(paragraphs):
    reading = read(*paragraphs)
    whole = normal_form("\n".join(paragraphs))
    assert reading.fingerprint == fingerprint("\n".join(paragraphs))
    for found in passages(reading):
        if isinstance(found, Passage):
            start, end = found.proof.span
            assert 0 <= start < end <= len(whole)
            assert whole[start:end] == normal_form(found.text[found.target : found.end])
            assert len(found.lead + found.text) <= LONGEST_STEM
        else:
            assert found in REASONS


def test_a_stem_must_not_contain_its_key_and_a_key_must_not_be_the_longest_by_far():
    assert gives_away("读者应当在三十日内归还。", ["三十日"], ["十日", "九十日"])
    assert gives_away("读者应当怎样归还？", ["在总服务台登记后当面归还管理员"], ["投箱", "邮寄"])
    assert not gives_away("读者应当在几日内归还？", ["三十日"], ["十日", "九十日"])


def test_a_near_duplicate_of_an_item_or_of_a_candidate_is_refused():
    found = made()
    known = [comparable(candidate) for candidate in found]
    assert list(candidates(articles(), seed=1, existing=known)) == []
    seen = Seen()
    assert [seen.takes(each) for each in (found[0], found[0])] == [True, False]


def test_the_lead_does_not_make_two_stems_alike():
    seen = Seen(['根据《图书借阅条例》关于"借阅"的规定,读者应当在三十日内归还所借图书'])
    different = next(each for each in made() if each.article == "10")
    assert seen.takes(different)


def test_refusals_are_counted_by_kind_and_reason():
    counts = refused_reasons(articles(), seed=1)
    assert counts
    assert {reason for _, reason in counts} <= set(REASONS)


def test_the_same_seed_gives_the_same_candidates_and_another_law_changes_nothing():
    other = articles(
        [("借阅", "期刊应当在二十日内归还期刊室。"), ("借阅", "报纸合订本在馆内阅览五日。")],
        law="期刊借阅办法",
    )
    alone, again = made(seed=7), made(seed=7)
    assert alone == again
    assert alone != made(seed=8)
    both = [each for each in candidates([*other, *articles()], seed=7) if each.law == LAW]
    assert both == alone


def test_no_stem_is_too_long_and_no_option_is_doubled():
    for seed in range(10):
        for candidate in made(seed=seed):
            assert len(candidate.stem) <= LONGEST_STEM
            assert len(set(candidate.options.values())) == len(candidate.options)
            assert set(candidate.distractors) == (
                set(candidate.options) - set(candidate.key)
                if candidate.options
                else {"true", "false"} - set(candidate.key)
            )
