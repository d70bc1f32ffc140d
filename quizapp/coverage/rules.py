"""From the questions of a year to its laws and articles: how often each was asked, how often wrongly answered, and what
follows for the next year. Pure.

A question is a place on a form. Whoever handed in that form (the attempt that counts) has met it; what earned full
marks is right, everything else, a blank included, is wrong; what waits for a marker is not counted. A question that
rests on several articles counts for each of them, once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from quizapp.kernel import rates
from quizapp.kernel.rates import Rate

FEWEST = 5  # people: of fewer nothing is told
WEAK, SURELY = Decimal(30), Decimal(20)  # per cent answered wrongly, and the least that the lower bound has to be
FEW_ITEMS = 3  # with fewer, an article is asked with the same questions again
MOST = 8  # suggestions of one kind

Ground = Literal["wrong", "not_asked", "no_items"]
Article = tuple[str, str]


def wilson(rate: Rate) -> tuple[Decimal, Decimal] | None:
    """The 95 per cent interval of a share, in per cent with two decimals; None without anything counted."""
    found = rates.wilson(rate.numerator / rate.denominator, rate.denominator, 2) if rate.denominator else None
    return None if found is None else (found.low, found.high)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of one form: who met it in which exam, how many answers are marked, how many are right."""

    exam_id: int
    form_id: int
    position: int
    version_id: int
    people: int
    marked: int
    right: int


@dataclass(frozen=True, slots=True)
class Count:
    """Answers to questions, those that are marked. `people`: at least so many different people, the most of one exam."""

    people: int = 0
    marked: int = 0
    right: int = 0

    @property
    def is_small(self) -> bool:
        return self.people < FEWEST

    @property
    def wrong(self) -> Rate | None:
        """None where too few people would be told about."""
        return None if self.is_small else Rate(self.marked - self.right, self.marked)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        return None if self.wrong is None else wilson(self.wrong)


def count(questions: Iterable[Asked]) -> Count:
    """Together. A person meets one form of an exam, so the forms of one exam add up and exams may be the same people."""
    people: dict[int, dict[int, int]] = {}
    marked = right = 0
    for one in questions:
        people.setdefault(one.exam_id, {})[one.form_id] = one.people
        marked, right = marked + one.marked, right + one.right
    return Count(max((sum(forms.values()) for forms in people.values()), default=0), marked, right)


@dataclass(frozen=True, slots=True)
class Stock:
    """An item of the bank, published, by its version in use."""

    version_id: int
    item_id: int
    subject: str


@dataclass(frozen=True)
class Year:
    """What is known of a year. `citations`: version → articles that it rests on; `subjects`: version → subject; `items`:
    version → item; `bank`: published items; `taught_laws`, `taught_subjects`: what the confirmed plan names."""

    asked: Sequence[Asked]
    citations: Mapping[int, Collection[Article]]
    subjects: Mapping[int, str]
    items: Mapping[int, int]
    bank: Sequence[Stock]
    taught_laws: frozenset[str] = frozenset()
    taught_subjects: frozenset[str] = frozenset()
    has_plan: bool = False


@dataclass(frozen=True)
class Line:
    """A law or an article. `taught`: named in the plan itself (law), through its subject (subject), or not ("").

    `bank`: published items on it; `asked`: items of it on the year's papers; `articles`, `articles_asked`: of a law, how
    many of its articles items rest on, and how many of them were asked.
    """

    law: str
    article: str
    subjects: tuple[str, ...]
    taught: str
    bank: int
    asked: int
    count: Count
    articles: int = 0
    articles_asked: int = 0

    @property
    def concerns_the_year(self) -> bool:
        return bool(self.taught or self.asked)


def lines(year: Year, subject: str = "", law: str = "", *, articles: bool = False) -> list[Line]:
    """A line for every law, or for every article, of one `law` or of all; laws that the plan alone names included.

    `subject` keeps what items of that subject rest on.
    """
    asked = [one for one in year.asked if not subject or year.subjects.get(one.version_id) == subject]
    bank = [one for one in year.bank if not subject or one.subject == subject]
    groups: dict[Article, _Group] = {}
    for stock in bank:
        for key in _keys(year, stock.version_id, law, articles):
            _group(groups, key).add_stock(stock)
    for one in asked:
        for key in _keys(year, one.version_id, law, articles):
            _group(groups, key).add_asked(one, year)
    if not law and not subject and not articles:
        for name in year.taught_laws:
            _group(groups, (name, ""))
    return [group.line(key, year) for key, group in sorted(groups.items())]


def _keys(year: Year, version_id: int, law: str, articles: bool) -> set[Article]:
    found = year.citations.get(version_id, ())
    if not law and not articles:
        return {(name, "") for name, _ in found}
    return {article for article in found if not law or article[0] == law}


def _group(groups: dict[Article, _Group], key: Article) -> _Group:
    return groups.setdefault(key, _Group())


@dataclass
class _Group:
    """What belongs to one line, while it is collected."""

    items: set[int] = field(default_factory=set)
    asked_items: set[int] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    questions: list[Asked] = field(default_factory=list)
    versions: set[int] = field(default_factory=set)

    def add_stock(self, stock: Stock) -> None:
        self.items.add(stock.item_id)
        self.subjects.add(stock.subject)
        self.versions.add(stock.version_id)

    def add_asked(self, one: Asked, year: Year) -> None:
        self.questions.append(one)
        self.asked_items.add(year.items.get(one.version_id, 0))
        self.subjects.add(year.subjects.get(one.version_id, ""))

    def line(self, key: Article, year: Year) -> Line:
        law, article = key
        asked_versions = {one.version_id for one in self.questions}
        return Line(law, article, tuple(sorted(self.subjects)), _taught(year, law, self.subjects), len(self.items),
                    len(self.asked_items), count(self.questions), len(_articles(year, law, self.versions | asked_versions)),
                    len(_articles(year, law, asked_versions)))


def _articles(year: Year, law: str, versions: Iterable[int]) -> set[str]:
    return {number for version in versions for name, number in year.citations.get(version, ()) if name == law}


def _taught(year: Year, law: str, subjects: Collection[str]) -> str:
    if law in year.taught_laws:
        return "law"
    return "subject" if year.taught_subjects & set(subjects) else ""


def by_subject(year: Year, subjects: Sequence[str]) -> list[tuple[str, bool, int, int, Count]]:
    """Subject, whether the plan names it, items of the bank, items asked, answers; in the order given."""
    found = []
    for subject in subjects:
        asked = [one for one in year.asked if year.subjects.get(one.version_id) == subject]
        found.append((subject, subject in year.taught_subjects, sum(one.subject == subject for one in year.bank),
                      len({year.items.get(one.version_id, 0) for one in asked}), count(asked)))
    return found


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something for the next year's plan, with the ground it rests on."""

    ground: Ground
    line: Line


def suggestions(laws: Sequence[Line], articles: Sequence[Line], *, has_plan: bool) -> list[Suggestion]:
    """What next year's plan should hold: weak articles first, the surest first; then what the plan named and no exam
    asked; then what it named and the bank cannot ask. Few people, and shares that chance could explain, say nothing."""
    weak = [line for line in articles if _is_weak(line.count)]
    weak.sort(key=lambda line: (-(line.count.interval or (Decimal(0),))[0], line.law, line.article))
    found = [Suggestion("wrong", line) for line in weak[:MOST]]
    if has_plan:
        named = [line for line in laws if line.taught == "law"]
        found += [Suggestion("not_asked", line) for line in named if line.bank and not line.asked][:MOST]
        found += [Suggestion("no_items", line) for line in named if not line.bank][:MOST]
    return found


def _is_weak(counted: Count) -> bool:
    wrong, interval = counted.wrong, counted.interval
    if wrong is None or wrong.percent is None or interval is None:
        return False
    return wrong.percent >= WEAK and interval[0] >= SURELY


def hidden(counts: Sequence[Count]) -> list[bool]:
    """Which of these parts of a whole tell nothing: the small ones, and where that is a single one the next smallest as
    well, which could otherwise be found by taking the rest from the whole."""
    small = [one.is_small and one.people > 0 for one in counts]
    if sum(small) == 1:
        others = [(one.people, place) for place, one in enumerate(counts) if not small[place] and one.people]
        if others:
            small[min(others)[1]] = True
    return small
