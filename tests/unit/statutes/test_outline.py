"""A version laid out for reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quizapp.statutes.rules.outline import blocks_of, contents_of, laid_out
from quizapp.statutes.rules.wording import normal_form

PATHS = st.lists(st.sampled_from(["第一编", "第一章", "第二章", "第一节", "第二节"]), max_size=4).map(tuple)
WORDS = st.text(st.sampled_from("甲乙丙丁，。 　（）一\n"), min_size=1, max_size=40)


def test_headings_begin_where_the_path_changes() -> None:
    blocks = blocks_of([("1", ("总则", "第一章"), "一"), ("2", ("总则", "第一章"), "二"), ("3", ("总则", "第二章"), "三"), ("4", (), None)])
    assert [[(h.level, h.words) for h in block.headings] for block in blocks] == [
        [(2, "总则"), (3, "第一章")], [], [(3, "第二章")], []]
    assert [block.level for block in blocks] == [4, 4, 4, 2]
    assert blocks[3].paragraphs is None
    lines = contents_of(blocks)
    assert [(line.heading.words, line.first, line.last) for line in lines] == [
        ("总则", "1", "4"), ("第一章", "1", "2"), ("第二章", "3", "4")]


def test_a_heading_names_the_preamble() -> None:
    preamble, first = blocks_of([("preamble", ("序言",), "话。"), ("1", ("第一章",), "话。")])
    assert (preamble.named, first.named) == (False, True)
    assert blocks_of([("preamble", (), "话。")])[0].named


@given(st.lists(st.tuples(PATHS, WORDS), max_size=12))
def test_every_heading_has_its_own_anchor_and_a_line(articles: list[tuple[tuple[str, ...], str]]) -> None:
    blocks = blocks_of((str(n), path, words) for n, (path, words) in enumerate(articles, 1))
    anchors = [heading.id for block in blocks for heading in block.headings]
    assert len(anchors) == len(set(anchors)) == len(contents_of(blocks))
    assert all(int(line.first) <= int(line.last) for line in contents_of(blocks))


@given(WORDS, st.integers(0, 50), st.integers(0, 50))
def test_a_span_marks_exactly_its_characters_and_no_text_is_lost(text: str, start: int, end: int) -> None:
    paragraphs = laid_out(text, (start, end))
    assert "\n".join("".join(run.text for run in paragraph.runs) for paragraph in paragraphs) == text
    hit = "".join(run.text for paragraph in paragraphs for run in paragraph.runs if run.hit)
    plain = normal_form(text)
    assert normal_form(hit) == (plain[start:end] if 0 <= start < end <= len(plain) else "")


def test_entries_of_a_list_are_told_apart() -> None:
    assert [paragraph.clause for paragraph in laid_out("包括：\n（一）甲；\n(十二)乙。\n（2）丙")] == [False, True, True, False]
