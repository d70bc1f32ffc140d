"""Proof of key: by the register, by the text, and what proves nothing."""

from __future__ import annotations

from datetime import date

import pytest

from quizapp.questions.rules.proof import MOST, Fault, faults, stands, verdict
from quizapp.questions.rules.register import KnownVersion, Register
from quizapp.questions.rules.schema import LawCitation
from quizapp.statutes.rules.wording import fingerprint, normal_form

TEXT = "示例应当　真实，\n并且公开。"
PRINT = fingerprint(TEXT)
OTHER = fingerprint("示例应当真实。")
LENGTH = len(normal_form(TEXT))
OLD, NEW = "2015-03-01", "2019-04-23"
ENDS = date(2019, 9, 1)
REGISTER: Register = {
    ("示例法", OLD): KnownVersion(3, date(2015, 6, 1), ENDS, {"1": PRINT, "2": PRINT}),
    ("示例法", NEW): KnownVersion(3, ENDS, None, {"1": PRINT, "2": OTHER}),
}


def cite(article: str = "1", version: str = NEW, text: str | None = PRINT, span: tuple[int, int] | None = (0, 4),
         quote: str | None = None) -> LawCitation:
    return LawCitation(law="示例法", version=version, article=article, text=text, span=span, quote=quote)


# ---------------------------------------------------------------- how far it was verified


@pytest.mark.parametrize(
    ("citation", "text", "registered", "found"),
    [
        (cite(), TEXT, "", "text"),
        (cite(), TEXT, OTHER, "text"),
        (cite(), TEXT.replace("　", " ").replace("\n", ""), "", "text"),
        (cite(span=(0, LENGTH)), TEXT, "", "text"),
        (cite(span=(LENGTH - 1, LENGTH)), TEXT, "", "text"),
        (cite(span=(0, LENGTH + 1)), TEXT, "", "wrong"),
        (cite(span=(4, 4)), TEXT, "", "wrong"),
        (cite(span=(4, 2)), TEXT, "", "wrong"),
        (cite(span=(-2, 2)), TEXT, "", "wrong"),
        (cite(text=OTHER), TEXT, OTHER, "wrong"),
        (cite(), None, PRINT, "fingerprint"),
        (cite(), None, OTHER, "wrong"),
        (cite(), None, "", "unproved"),
        (cite(text=None), TEXT, PRINT, "unproved"),
        (cite(span=None), TEXT, PRINT, "unproved"),
    ],
)
def test_the_text_decides_then_the_register_then_nothing(
    citation: LawCitation, text: str | None, registered: str, found: str
) -> None:
    assert verdict(citation, text, registered) == found


# ---------------------------------------------------------------- what is wrong with it


@pytest.mark.parametrize(
    ("citation", "code"),
    [
        (cite(quote="示例"), "quote_left"),
        (cite(text=None, span=None), "proof_missing"),
        (cite(span=None), "proof_missing"),
        (cite(text=None), "proof_missing"),
        (cite(span=(3, 3)), "span_wrong"),
        (cite(span=(-1, 3)), "span_wrong"),
        (cite(span=(0, MOST + 1)), "span_wrong"),
        (cite(article="3"), "proof_unregistered"),
        (cite(text=OTHER), "proof_changed"),
    ],
)
def test_each_fault_is_named_once_with_its_place(citation: LawCitation, code: str) -> None:
    said = {"law": "示例法", "version": NEW, "article": citation.article}
    assert list(faults(citation, REGISTER, date(2026, 1, 1))) == [Fault(code, said)]


@pytest.mark.parametrize("citation", [cite(), cite(span=(0, MOST)), cite(version=OLD)])
def test_a_sound_citation_has_no_fault(citation: LawCitation) -> None:
    assert list(faults(citation, REGISTER, date(2026, 1, 1))) == []


def test_an_ended_version_is_named_with_the_day_of_its_end() -> None:
    (found,) = faults(cite("2", OLD), REGISTER, date(2026, 1, 1))
    assert found == Fault("version_ended", {"law": "示例法", "version": OLD, "article": "2", "day": "2019-09-01"})
    assert list(faults(cite("2", OLD), REGISTER, None)) == []


# ---------------------------------------------------------------- whether it stands


@pytest.mark.parametrize(
    ("article", "day", "holds"),
    [
        ("2", date(2019, 8, 31), True),  # not ended yet
        ("2", ENDS, False),  # ended, and the words are others now
        ("1", ENDS, True),  # ended, and the words are the same in the next version
        ("3", ENDS, False),
    ],
)
def test_an_ended_version_stands_while_the_article_kept_its_words(article: str, day: date, holds: bool) -> None:
    assert stands(cite(article, OLD), REGISTER["示例法", OLD], REGISTER, day) is holds


def test_only_a_version_in_force_carries_the_words_on() -> None:
    def after(*others: KnownVersion, law: str = "示例法") -> bool:
        register = {("示例法", OLD): REGISTER["示例法", OLD]} | {(law, f"202{n}-01-01"): one for n, one in enumerate(others)}
        return stands(cite(version=OLD), register["示例法", OLD], register, date(2026, 1, 1))

    prints = {"1": PRINT}
    assert after(KnownVersion(3, date(2026, 1, 1), None, prints))
    assert after(KnownVersion(3, None, None, prints))
    assert not after(KnownVersion(3, date(2026, 1, 2), None, prints))
    assert not after(KnownVersion(3, date(2020, 1, 1), date(2026, 1, 1), prints))
    assert not after(KnownVersion(3, date(2020, 1, 1), None, prints), law="样本法")
    assert after(KnownVersion(3, date(2020, 1, 1), date(2025, 1, 1), {}), KnownVersion(3, date(2025, 1, 1), None, prints))


def test_a_repealed_law_stands_no_more_and_without_a_fingerprint_nothing_is_compared() -> None:
    alone: Register = {("示例法", OLD): KnownVersion(3, None, ENDS, {"1": PRINT})}
    assert not stands(cite(version=OLD), alone["示例法", OLD], alone, ENDS)
    assert not stands(cite("9", OLD, text=None), REGISTER["示例法", OLD], REGISTER, ENDS)
