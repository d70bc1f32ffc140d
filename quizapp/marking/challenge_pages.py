"""What the pages about challenges may use. Reviewers see no name of whoever doubts a key, as in marking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals.asking import WhyForm
from quizapp.approvals.queries import Standing
from quizapp.approvals.wording import say
from quizapp.attempts.models import Regrade
from quizapp.attempts.rules.correcting import KEY
from quizapp.attempts.rules.responses import LETTERS
from quizapp.attempts.rules.words import JUDGEMENTS, paragraph_words
from quizapp.i18n import _
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.rates import show_marks
from quizapp.marking.challenging import Doubted, Question
from quizapp.marking.deciding import WAYS, key_words
from quizapp.marking.forms import ChallengeForm, DecideForm, StandsForm
from quizapp.marking.models import Challenge
from quizapp.marking.previewing import Preview
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.markup import Segment, parse_stem
from quizapp.questions.rules.schema import Case, Fill, LawCitation, Multiple, Short, Single, TrueFalse
from quizapp.statutes import queries as statutes
from quizapp.statutes.rules.addressing import article_address
from quizapp.statutes.rules.numbering import article_name
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class Choice:
    """An option, or a judgement; `letter` as its reader has it before them; `right` by the key that counts."""

    id: str
    letter: str
    text: str
    right: bool


@dataclass(frozen=True)
class Sheet:
    """A question with its key and explanation. `key`: where it has no options."""

    kind: str
    material: str
    lead: tuple[Segment, ...]
    stem: tuple[Segment, ...]
    choices: Sequence[Choice]
    key: str
    explanation: str
    marks: str


@dataclass(frozen=True)
class ArticleText:
    """An article in one version, where the library has its text; `since` of that version."""

    version: date
    text: str
    address: str


@dataclass(frozen=True)
class Beside:
    """An article that the key rests on: as it stood on the day of the exam, and now where that differs."""

    law: str
    article: str
    then: ArticleText | None
    now: ArticleText | None


@dataclass(frozen=True)
class ChallengePage(Page):
    """A candidate's own question: `past` challenges with their answers, or a form. `closed`: why there is no form."""

    template: ClassVar[str] = "marking/challenge.html"
    section: ClassVar[str] = "my_exams"
    styles: ClassVar[tuple[str, ...]] = ("page-exam", "page-marking")

    attempt_id: UUID
    number: int
    title: str
    sheet: Sheet
    chosen: str
    past: Sequence[Challenge]
    form: ChallengeForm
    closed: str
    problem: str


@dataclass(frozen=True)
class ChallengesPage(Page):
    template: ClassVar[str] = "marking/challenges.html"
    section: ClassVar[str] = "challenges"
    styles: ClassVar[tuple[str, ...]] = ("page-marking",)

    rows: Sequence[Doubted]


@dataclass(frozen=True)
class QuestionPage(Page):
    """Where a reviewer answers. `why_not`: why this reader may not; `standing`: what waits for a second person, with its
    `preview`; `by_name`: whether this reader may see whose passing turns on it."""

    template: ClassVar[str] = "marking/question.html"
    section: ClassVar[str] = "challenges"
    styles: ClassVar[tuple[str, ...]] = ("page-exam", "page-review", "page-marking")

    question: Question
    stem: str
    sheet: Sheet
    treated: str
    articles: Sequence[Beside]
    challenges: Sequence[Challenge]
    waiting: int
    regrades: Sequence[Regrade]
    others: Sequence[str]
    ways: Sequence[tuple[str, str]]
    stands: StandsForm
    decide: DecideForm
    why_not: str
    problem: str
    standing: Standing | None
    preview: Preview | None
    by_name: bool


@dataclass(frozen=True)
class PreviewPage(Page):
    """What a decision would change; from here it is proposed. `sent`: the decision as it came in the address."""

    template: ClassVar[str] = "marking/regrade.html"
    section: ClassVar[str] = "challenges"
    styles: ClassVar[tuple[str, ...]] = ("page-exam", "page-marking")

    question: Question
    stem: str
    before: str
    after: str
    basis: str
    preview: Preview
    sent: Sequence[tuple[str, str]]
    form: WhyForm
    problem: str
    alone: bool
    by_name: bool


def sheet_of(asked: PaperQuestion, order: Sequence[str] = ()) -> Sheet:
    """`order`: the options as a candidate saw them, with the letters of that paper; otherwise as the bank has them."""
    item, question = asked.item, asked.question
    material, lead = (item.material, parse_stem(item.stem)) if isinstance(item, Case) else ("", ())
    key = marking_key(question)
    choices: Sequence[Choice] = ()
    text = ""
    if isinstance(question, Single | Multiple):
        choices = [Choice(one, LETTERS[place] if order else one, question.options[one], one in key)
                   for place, one in enumerate(order or question.options)]
    elif isinstance(question, TrueFalse):
        choices = [Choice(one, LETTERS[place], _(words), one in key) for place, (one, words) in enumerate(JUDGEMENTS.items())]
    elif isinstance(question, Fill):
        text = "；".join(" / ".join(variants) for variants in question.key)
    elif isinstance(question, Short):
        text = question.key
    return Sheet(question.type, material, lead, parse_stem(question.stem, with_blanks=question.type == "fill"), choices, text,
                 question.explanation, show_marks(asked.marks))


def chosen_words(asked: PaperQuestion, response: Sequence[str]) -> str:
    """An own answer as it reads."""
    question = asked.question
    if isinstance(question, Single | Multiple):
        return "；".join(question.options.get(one, one) for one in response)
    if isinstance(question, TrueFalse):
        return "；".join(_(JUDGEMENTS.get(one, one)) for one in response)
    return "；".join(response)


def beside(session: Session, asked: PaperQuestion, held: date, today: date) -> list[Beside]:
    """The articles of a question, then and now."""
    cited = [one for one in asked.question.basis or asked.item.basis if isinstance(one, LawCitation)]
    found = []
    for one in cited:
        name = article_name(one.article) + paragraph_words(one.paragraph)
        then = _article(session, one, held) or _cited(session, one)
        now = _article(session, one, today)
        differs = now is not None and (then is None or now.text != then.text)
        found.append(Beside(one.law, name, then, now if differs else None))
    return found


def _article(session: Session, cited: LawCitation, day: date) -> ArticleText | None:
    try:
        version = statutes.version_on(session, cited.law, day).version
        article = statutes.article_of(session, cited.law, version, cited.article)
    except NotFoundError:
        return None
    return ArticleText(version, article.text, article_address(cited.law, version.isoformat(), cited.article)) if article.text else None


def _cited(session: Session, cited: LawCitation) -> ArticleText | None:
    text = statutes.text_of(session, cited.law, cited.version, cited.article)
    address = article_address(cited.law, cited.version, cited.article)
    return ArticleText(date.fromisoformat(cited.version), text, address) if text else None


def basis_words(articles: Sequence[Beside]) -> str:
    """What stands in the field for the article, to begin with."""
    return "；".join(f"《{one.law}》{one.article}" for one in articles)[:200]


def treated_words(found: Question) -> str:
    """What was decided before, empty where nothing was."""
    how = found.sheet.treated.get(found.asked.position, "")
    return "" if not how else _("答案已改") if how == KEY else _(WAYS[how])


def before_words(found: Question) -> str:
    return say(key_words(found, marking_key(found.asked.question)))


def shown_day(moment: datetime) -> date:
    return clock.to_local(moment).date()
