"""What a report says: values with the words that say them. Unknown is None, never a guess."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Measure = Literal["participation", "pass_rate", "excellence_rate", "study_participation"]
TitleKind = Literal["law", "regulation", "party_rule", "policy", "article", "book", "own_report"]
Value = int | float | str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value and its proof: `sentence == text[start:end]` of the report's joined text holds `literal`.

    `interpreted` is true when the words do not say the value outright (「全员参加」 read as 100 %).
    """

    field: str
    value: Value
    literal: str
    sentence: str
    start: int
    end: int
    interpreted: bool = False


@dataclass(frozen=True, slots=True)
class Exams:
    """Exams held in the year of the report. A count that the report does not state is None."""

    online: int | None = None
    offline: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class StatedRate:
    """A rate in percent as the report words it; `literal` is the very wording."""

    measure: Measure
    value: float
    literal: str
    interpreted: bool


@dataclass(frozen=True, slots=True)
class Title:
    """A work named between 《 and 》; `count` is how often the report names it."""

    title: str
    kind: TitleKind
    count: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What was done in a campaign; `kind` is a word such as `oath`, `lecture`, `online_quiz`."""

    kind: str
    literal: str


@dataclass(frozen=True, slots=True)
class Campaign:
    name: str
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for whoever confirms the plan: a Chinese source string with %(name)s placeholders."""

    message: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.message % dict(self.values) if self.values else self.message


@dataclass(frozen=True, slots=True)
class Report:
    """All that was read. `text` is the normalised, joined text to which all offsets refer.

    `law_study` is false when nothing on studying, testing or publicising law was found at all.
    """

    text: str
    agency: str | None
    year: int | None
    exams: Exams
    rates: tuple[StatedRate, ...]
    study_sessions: int | None
    campaigns: tuple[Campaign, ...]
    subjects: tuple[str, ...]
    titles: tuple[Title, ...]
    shortcomings: tuple[str, ...]
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    law_study: bool

    def as_dict(self) -> dict[str, Any]:
        """The shape of `quizapp report read --json`; what the report does not say is None."""
        return {
            "agency": self.agency,
            "year": self.year,
            "exams": asdict(self.exams),
            "rates": [asdict(rate) for rate in self.rates],
            "study_sessions": self.study_sessions,
            "campaigns": [campaign.name for campaign in self.campaigns],
            "subjects": list(self.subjects),
            "titles": [asdict(title) for title in self.titles],
            "shortcomings": list(self.shortcomings),
            "facts": [
                {name: value for name, value in asdict(fact).items() if name != "literal"} for fact in self.facts
            ],
            "law_study": self.law_study,
            "notes": [str(note) for note in self.notes],
        }
