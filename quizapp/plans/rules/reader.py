"""Read a yearly rule-of-law report: one call that brings the other modules together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quizapp.plans.rules.campaigns import read_campaigns
from quizapp.plans.rules.counting import event_counts
from quizapp.plans.rules.exams import read_exams
from quizapp.plans.rules.facts import Fact, Note, Report
from quizapp.plans.rules.findings import (
    about_law_study,
    read_agency,
    read_shortcomings,
    read_subjects,
    read_year,
)
from quizapp.plans.rules.rates import read_rates
from quizapp.plans.rules.sentences import Sentence, split
from quizapp.plans.rules.study import read_study
from quizapp.plans.rules.text import normalise
from quizapp.plans.rules.titles import read_titles


def read_report(raw: str, terms: Mapping[str, Sequence[str]]) -> Report:
    """Everything that the report says on law study, each value with its sentence.

    `raw` is the text of the file, broken lines and all. `terms` gives for each subject's name the words
    by which reports name it. What the report does not state is None; doubts are in `notes`.
    """
    text = normalise(raw)
    year, year_words = read_year(text)
    sentences = split(text, year)
    contexts = _contexts(text, sentences)
    counts = [count for sentence, about_law in contexts for count in event_counts(sentence, about_law)]
    exams, exam_facts, exam_notes = read_exams(contexts, counts)
    rates, rate_facts, rate_notes = read_rates(contexts)
    sessions, study_facts, study_notes = read_study(counts)
    campaigns, campaign_facts = read_campaigns(sentences)
    law_study = bool(exam_facts or rates or study_facts or campaigns) or about_law_study(text)
    subjects, subject_facts = read_subjects(sentences, terms if law_study else {})
    titles, title_facts = read_titles(text, sentences)
    shortcomings, gap_facts = read_shortcomings(sentences)
    agency = read_agency(text)
    return Report(
        text=text,
        agency=agency,
        year=year,
        exams=exams,
        rates=rates,
        study_sessions=sessions,
        campaigns=campaigns,
        subjects=subjects,
        titles=titles,
        shortcomings=shortcomings,
        facts=(
            *_named("agency", agency, agency or "", sentences),
            *_named("year", year, year_words, sentences),
            *exam_facts,
            *rate_facts,
            *study_facts,
            *campaign_facts,
            *subject_facts,
            *title_facts,
            *gap_facts,
        ),
        notes=(*_missing(agency, year, law_study), *exam_notes, *rate_notes, *study_notes),
        law_study=law_study,
    )


def _contexts(text: str, sentences: tuple[Sentence, ...]) -> list[tuple[Sentence, bool]]:
    """Each sentence with whether its paragraph speaks of studying law."""
    lawful = [about_law_study(paragraph) for paragraph in text.split("\n")]
    return [(sentence, lawful[sentence.paragraph]) for sentence in sentences]


def _named(field: str, value: int | str | None, literal: str, sentences: tuple[Sentence, ...]) -> list[Fact]:
    place = next((sentence for sentence in sentences if literal and literal in sentence.text), None)
    if value is None or place is None:
        return []
    return [Fact(field, value, literal, place.text, place.start, place.end)]


def _missing(agency: str | None, year: int | None, law_study: bool) -> list[Note]:
    notes = []
    if not law_study:
        notes.append(Note("这份报告没有写学法、考法或普法，请确认交来的是法治政府建设年度报告。"))
    if year is None:
        notes.append(Note("没有读到报告的年度，请填写。"))
    if agency is None:
        notes.append(Note("没有读到报告的单位，请填写。"))
    return notes
