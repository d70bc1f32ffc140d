"""Participation, pass and excellence rates of law exams, and the head-counts stated with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import NUMBER, to_float
from quizapp.plans.rules.counting import exam_nouns, follows_other_exam
from quizapp.plans.rules.facts import Fact, Measure, Note, StatedRate
from quizapp.plans.rules.sentences import Sentence

FIELDS: dict[Measure, str] = {
    "participation": "participation_rate",
    "pass_rate": "pass_rate",
    "excellence_rate": "excellence_rate",
    "study_participation": "study_participation_rate",
}
_WORDS: dict[Measure, str] = {
    "participation": "参考率|参试率|应试率|应考率|实考率|出考率|到考率|参加考试率|参加率|参与率|应考人数|参考人数|参加人数",
    "pass_rate": "合格率|及格率|通过率|达标率|合格人数",
    "excellence_rate": "优秀率|优良率",
    "study_participation": "参学率",
}
_WORD = f"(?:{'|'.join(_WORDS.values())})"
_VALUE = rf"(?:\d+(?:\.\d+)?%(?:以上)?|百分之百|百分百|百分之(?:{NUMBER})(?:点[零〇一二三四五六七八九]+)?(?:以上)?)"
_LINK = (
    r"(?>（[^）]{0,10}）|两项|三项|各项|指标|比例|比率|数据|均|都|皆|分别|双双|全部|一直|继续|实现了?|达到了?|达|为|是|"
    r"保持在?|稳定在|高达|：|了|两个|三个|双|“|”|=|[由从][^，。；]{1,24}?(?:(?:提高|提升|上升|增长|增加|升)[到至]|20\d\d年的))*+"
)
_LIST = re.compile(rf"{_WORD}(?:(?:、|和|及|与|以及|，|/){{1,2}}{_WORD})*{_LINK}{_VALUE}”?(?:(?:、|和|及|与|以及|，){_VALUE})*(?!的{_WORD})")
_REVERSED = re.compile(rf"(?P<value>{_VALUE})的(?P<word>{_WORD})")
_ALL_SAT = re.compile(
    r"全员(?:全部)?(?:参加|参考|参试|应考|到考)|应考尽考|应考人员全部(?:参加|参考|到考)|无(?:一|一?人)缺考|(?:100%|百分之百|百分百)(?:参加|参考|参试)"
)
_ALL_PASSED = re.compile(
    r"(?:全部|全员|均|都|无一例外)(?:为|在|达到|顺利|一次性|成绩)*(?:合格|及格|通过|达标)(?!线|网|平台|[^，。；]{0,6}(?:方式|形式)|率)|"
    r"(?:100%|百分之百|百分百)(?:合格|及格|通过)(?!率)|无(?:一|一?人)不(?:合格|及格)"
)
_OTHER_MATTER = re.compile(r"抽检|抽查|产品|食品|药品|工程|质量|水质|环境|检测|检验|验收|监测|项目|垃圾|接种|疫苗|满意|就业|设备|车辆|体检")
_PEOPLE = rf"(?P<number>{NUMBER})余?(?:人|名)"
_HEADS = {
    "people_expected": rf"应(?:参)?[考试](?:人数|人员|干部)?(?:共计|共有|共|为|有|：)*(?:{_PEOPLE})|(?:{_PEOPLE.replace('number', 'other')})应(?:参)?考",
    "people_sat": rf"(?:实考|实际参考|实际参加(?:考试)?|实际参试|(?<!应)参考|参加考试|参试)(?:人数|人员)?(?:共计|共有|共|为|有|达|：)*(?:{_PEOPLE})"
    rf"|(?:{_PEOPLE.replace('number', 'other')})[^，。；]{{0,8}}?(?:参加|参考|参试)",
    "people_passed": rf"(?<!不)(?:合格|及格|通过)(?:人数)?(?:共|为|有|：)*(?:{_PEOPLE})"
    rf"|(?:{_PEOPLE.replace('number', 'other')})(?:考试)?(?:成绩)?(?:合格|及格|通过)",
}


def read_rates(sentences: Sequence[tuple[Sentence, bool]]) -> tuple[tuple[StatedRate, ...], list[Fact], list[Note]]:
    """`sentences` with whether their paragraph is about law study."""
    facts: list[Fact] = []
    heads: list[Fact] = []
    exam_before = False
    for sentence, about_law in sentences:
        live = sentence.live
        exam = bool(exam_nouns(live, about_law))
        context = exam or (exam_before and not _OTHER_MATTER.search(live))
        found = _stated(sentence, context, about_law)
        people = _people(sentence) if context else []
        facts += [*found, *(_in_words(sentence, about_law) if context else [])]
        heads += people
        exam_before = exam or bool(found or people)
    facts = _strongest(facts)
    counted, notes = _from_people(facts, heads)
    facts += counted
    rates = tuple(StatedRate(_measure(fact), float_or_int(fact), fact.literal, fact.interpreted) for fact in facts)
    return rates, [*facts, *heads], [*notes, *_disagreements(rates)]


def float_or_int(fact: Fact) -> float:
    value = float(fact.value)
    return int(value) if value == int(value) else value


def _measure(fact: Fact) -> Measure:
    return next(measure for measure, field in FIELDS.items() if field == fact.field)


def _stated(sentence: Sentence, exam: bool, about_law: bool) -> list[Fact]:
    found: list[Fact] = []
    for match in _LIST.finditer(sentence.live):
        words = list(re.finditer(_WORD, match.group()))
        values = re.findall(_VALUE, match.group()[words[-1].end() :])
        for position, word in enumerate(words):
            value = values[position] if len(values) == len(words) else values[0]
            found += _rate(sentence, word.group(), value, match, exam, about_law)
    for match in _REVERSED.finditer(sentence.live):
        found += _rate(sentence, match["word"], match["value"], match, exam, about_law)
    return found


def _rate(
    sentence: Sentence, word: str, value: str, match: re.Match[str], exam: bool, about_law: bool
) -> list[Fact]:
    of_exams = word in ("参考率", "参试率", "到考率", "参学率", "应考人数") or re.search("参考率|参试率|应考", match.group())
    if not (exam or (of_exams and about_law)) or follows_other_exam(sentence.live, match.start(), about_law):
        return []
    measure: Measure = next(name for name, words in _WORDS.items() if word in words.split("|"))
    number = value.removesuffix("以上")
    percent = 100.0 if number in ("百分之百", "百分百") else _number(number.removeprefix("百分之").rstrip("%"))
    if percent is None or percent > 100:
        return []
    interpreted = word.endswith("人数") or value.endswith("以上")
    return [_fact(FIELDS[measure], percent, match.group(), sentence, interpreted)]


def _in_words(sentence: Sentence, about_law: bool) -> list[Fact]:
    """「全员参加、全部合格」, which name no figure."""
    found = []
    for field, pattern in (("participation_rate", _ALL_SAT), ("pass_rate", _ALL_PASSED)):
        match = pattern.search(sentence.live)
        if match and not follows_other_exam(sentence.live, match.start(), about_law):
            found.append(_fact(field, 100.0, match.group(), sentence, True))
    return found


def _people(sentence: Sentence) -> list[Fact]:
    found = []
    for field, pattern in _HEADS.items():
        match = re.search(pattern, sentence.live)
        number = (match["number"] or match["other"]) if match else None
        people = _number(number) if number and "." not in number else None
        if match and people is not None and "余" not in match.group():
            found.append(_fact(field, people, match.group(), sentence, False))
    return found


def _number(words: str) -> float | None:
    try:
        return to_float(words)
    except InputError:  # 「十十」: the words are no number
        return None


def _fact(field: str, value: float, literal: str, sentence: Sentence, interpreted: bool) -> Fact:
    shown = int(value) if value == int(value) else value
    return Fact(field, shown, literal, sentence.text, sentence.start, sentence.end, interpreted=interpreted)


def _strongest(facts: list[Fact]) -> list[Fact]:
    """One fact for each figure; an outright figure stands before one that had to be read into the words."""
    stated = {fact.field for fact in facts if not fact.interpreted}
    kept: dict[tuple[str, object], Fact] = {}
    for fact in facts:
        if not (fact.interpreted and fact.field in stated):
            kept.setdefault((fact.field, fact.value), fact)
    return list(kept.values())


def _from_people(facts: list[Fact], heads: list[Fact]) -> tuple[list[Fact], list[Note]]:
    """Rates that only head-counts give, and a note where head-counts and a stated rate disagree."""
    found: list[Fact] = []
    notes: list[Note] = []
    people = {fact.field: fact for fact in reversed(heads)}
    expected, sat, passed = (people.get(f"people_{name}") for name in ("expected", "sat", "passed"))
    pairs = (
        ("participation_rate", sat, [expected]),
        ("pass_rate", passed, [sat, expected]),
    )
    for field, part, wholes in pairs:
        bases = [int(whole.value) for whole in wholes if whole is not None and int(whole.value) > 0]
        if part is None or not bases or int(part.value) > max(bases):
            continue
        computed = [round(100 * int(part.value) / base, 2) for base in bases]
        stated = [fact for fact in facts if fact.field == field]
        if not stated:
            found.append(
                Fact(field, computed[0], part.literal, part.sentence, part.start, part.end, interpreted=True)
            )
        elif all(abs(float(fact.value) - value) > 0.1 for fact in stated for value in computed):
            notes.append(
                Note(
                    "报告写的比率 %(stated)s%% 与人数算出的 %(computed)s%% 不一致，请核对。",
                    (("stated", stated[0].value), ("computed", computed[0])),
                )
            )
    return found, notes


def _disagreements(rates: tuple[StatedRate, ...]) -> list[Note]:
    notes = []
    for measure in FIELDS:
        words = [rate.literal for rate in rates if rate.measure == measure]
        if len(words) > 1:
            notes.append(Note("同一比率有多个数值（%(words)s），请核对各指哪次考试。", (("words", "；".join(words)),)))
    return notes
