"""How many law exams the agency held in its year: online, offline, in total."""

from __future__ import annotations

import re
from collections.abc import Iterable

from quizapp.plans.rules.counting import EventCount, Mode, exam_nouns
from quizapp.plans.rules.facts import Exams, Fact, Note
from quizapp.plans.rules.sentences import Sentence

_NONE_HELD = re.compile(
    r"(?:未|没有|尚未|没)(?P<hedge>单独|专门|另行)?(?:组织|开展|举办|安排|进行)(?P<what>[^，。；]{0,16}?)(?:考试|考法|测试)(?!的|者|人员)"
)
_ALL_ONLINE = re.compile(r"(?:均|全部|都)(?:为|是|采[用取]|通过|以|在)?(?P<mode>线上|网上|线下|现场)")
_FIELDS: dict[Mode | None, str] = {"online": "exams_online", "offline": "exams_offline", None: "exams_total"}


def read_exams(
    sentences: Iterable[tuple[Sentence, bool]], counts: list[EventCount]
) -> tuple[Exams, list[Fact], list[Note]]:
    """`sentences` with whether their paragraph is about law study; `counts` of every kind in the report."""
    sentences = list(sentences)
    counts = [count for count in counts if count.kind == "exam"]
    facts: list[Fact] = []
    notes: list[Note] = []
    for mode in ("online", "offline", None):
        facts += _held([count for count in counts if count.mode == mode], mode, notes)
    facts += _denied(sentences, facts)
    facts += _all_of_one_mode(sentences, facts)
    facts += _sum(facts)
    values = {fact.field: int(fact.value) for fact in facts}
    exams = Exams(values.get("exams_online"), values.get("exams_offline"), values.get("exams_total"))
    notes += _doubts(exams, sentences)
    return exams, facts, notes


def _held(counts: list[EventCount], mode: Mode | None, notes: list[Note]) -> list[Fact]:
    vague = [count for count in counts if count.value is None]
    stated = [count for count in counts if count.value is not None and not (mode is None and count.subset)]
    if not stated:
        notes += [Note("「%(words)s」没有写明次数，未计入考试。", (("words", count.literal),)) for count in vague]
        return []
    general = [count for count in stated if not count.period and not count.topic]
    if general:
        return _agreed(general, mode, notes)
    distinct = {(count.period, count.topic, count.value): count for count in stated}
    value = sum(count.value or 0 for count in distinct.values())
    several = len(distinct) > 1
    return [_fact(count, mode, value, several or count.interpreted) for count in distinct.values()]


def _agreed(counts: list[EventCount], mode: Mode | None, notes: list[Note]) -> list[Fact]:
    values = list(dict.fromkeys(count.value for count in counts if count.value is not None))
    if len(values) > 1:
        words = "；".join(dict.fromkeys(count.literal for count in counts))
        notes.append(Note("报告里的考试次数不一致（%(words)s），请核对后填写。", (("words", words),)))
        return []
    return [_fact(counts[0], mode, values[0], counts[0].interpreted)]


def _fact(count: EventCount, mode: Mode | None, value: int, interpreted: bool) -> Fact:
    sentence = count.sentence
    return Fact(
        _FIELDS[mode], value, count.literal, sentence.text, sentence.start, sentence.end, interpreted=interpreted
    )


def _denied(sentences: Iterable[tuple[Sentence, bool]], facts: list[Fact]) -> list[Fact]:
    """「未组织线下考试」: none was held. 「未单独组织」 leaves room for exams held by others, so interpreted."""
    known = {fact.field for fact in facts}
    found: list[Fact] = []
    for sentence, about_law in sentences:
        match = _NONE_HELD.search(sentence.live)
        if not match or not exam_nouns(sentence.live, about_law or bool(re.search("学法|普法", sentence.text))):
            continue
        what = match["what"]
        field = "exams_online" if re.search("线上|网上|在线", what) else "exams_offline" if re.search("线下|现场", what) else "exams_total"
        if field not in known:
            known.add(field)
            hedged = bool(match["hedge"])
            found.append(Fact(field, 0, match.group(), sentence.text, sentence.start, sentence.end, interpreted=hedged))
    return found


def _all_of_one_mode(sentences: Iterable[tuple[Sentence, bool]], facts: list[Fact]) -> list[Fact]:
    """「组织考试4次，均为线上」: four online, none offline."""
    total = next((fact for fact in facts if fact.field == "exams_total"), None)
    if total is None or any(fact.field != "exams_total" for fact in facts):
        return []
    for sentence, _ in sentences:
        match = _ALL_ONLINE.search(sentence.live) if sentence.start == total.start else None
        if match:
            online = match["mode"] in ("线上", "网上")
            held, other = ("exams_online", "exams_offline") if online else ("exams_offline", "exams_online")
            place = (match.group(), sentence.text, sentence.start, sentence.end, True)
            return [Fact(held, total.value, *place), Fact(other, 0, *place)]
    return []


def _sum(facts: list[Fact]) -> list[Fact]:
    """The total of two stated parts, when the report states none."""
    by_field = {fact.field: fact for fact in facts}
    online, offline = by_field.get("exams_online"), by_field.get("exams_offline")
    if online is None or offline is None or "exams_total" in by_field:
        return []
    total = int(online.value) + int(offline.value)
    return [Fact("exams_total", total, offline.literal, offline.sentence, offline.start, offline.end, interpreted=True)]


def _doubts(exams: Exams, sentences: Iterable[tuple[Sentence, bool]]) -> list[Note]:
    online, offline, total = exams.online, exams.offline, exams.total
    if total is not None and online is not None and offline is not None and online + offline != total:
        return [
            Note(
                "报告写考试共 %(total)s 次，但线上 %(online)s 次与线下 %(offline)s 次之和是 %(sum)s 次，请核对。",
                (("total", total), ("online", online), ("offline", offline), ("sum", online + offline)),
            )
        ]
    if total is not None and max(online or 0, offline or 0) > total:
        part = max(online or 0, offline or 0)
        return [Note("报告写考试共 %(total)s 次，却少于其中一项的 %(part)s 次，请核对。", (("total", total), ("part", part)))]
    if exams == Exams() and any(exam_nouns(sentence.live, about_law) for sentence, about_law in sentences):
        return [Note("报告提到考试，但没有写次数。")]
    return []
