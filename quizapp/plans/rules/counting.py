"""Counts of events in a sentence, and the noun that each count belongs to.

Reports put the count before the noun (「两次线上考试」), behind it (「学法考试共4次」) or leave the noun to an
earlier clause (「…，其中线上3次」). A count whose noun is none of ours belongs to something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import NUMBER, to_int
from quizapp.plans.rules.sentences import Sentence

Kind = Literal["exam", "study"]
Mode = Literal["online", "offline"]

COUNT = re.compile(
    rf"(?P<near>近|约|逾|超过?|至少|不少于|不低于)?(?<![第同统之本此这该历每.\d])(?<![^线网]上)(?P<number>{NUMBER})(?P<more>余|多|几)?"
    r"(?P<unit>场次|次|场|轮|期|回|堂|讲)(?!性|数|日|于|级|要|序|所|景|地|馆|监|间|限|末|中|评|满|望|复|应|头|访|岗|换|流|话|解)(?P<over>以上)?"
)
ONLINE = re.compile(r"线上|网上|在线|网络(?!安全)|互联网|无纸化|机考|云端|手机|小程序|APP|(?<!法治|据此)平台")
OFFLINE = re.compile(r"线下|现场|笔试|纸质|书面|闭卷|开卷|面授")
LAW = re.compile(
    r"◇法》|法律|法治|法制|法规|法典|宪法|学法|普法|考法|用法|行政[诉复处许强]|依法|条例|党规|党章|(?:安全|保密|诉讼|处罚|许可|强制|复议|公务员|劳动)法"
)
_EXAM_NOUN = re.compile(
    r"(?:考试|考法|测试|测验|笔试|闭卷|开卷|统考|会考)(?!院|大纲|题|成绩|系统|平台|资格|制度|点|办法|方案|卷|委|费|中心)"
)
_OTHER_EXAM = re.compile(
    r"(?:招录|招聘|录用|选调|遴选|资格|资质|职称|驾驶|驾照|入职|岗位|技能|体能|司法|入学|英语|计算机|普通话|任前|任职|执法证|上岗|"
    r"压力|性能|软件|系统|功能|核酸|抗原|心理|体质|安全性|渗透|设备)(?:[^，。；、和与]{0,5})(?=考试|测试|测验|笔试)"
)
_QUIZ = re.compile(r"答题|竞答|竞赛|抢答|有奖|闯关|问卷")
_STUDY_NOUN = re.compile(r"学法|学习|讲座|培训|授课|讲授|讲课|法治课|法治党课|研学|研讨|辅导|专题班|轮训|课程|法课")
_OUTWARD = re.compile(r"进[社校企农乡村家工]|入户|居民|群众|学生|村民|商户|业主|宣传活动|普法宣传|普法活动|宣讲")
_OTHER_NOUN = re.compile(
    r"论证|咨政|复审|检查|督导|督查|宣传|活动|演练|竞赛|答题|竞答|旁听|庭审|会议|调研|座谈|诉讼|案件|合同|执法|巡查|调解|征文|审查|审核|观影|参观"
)
_FILLER = (
    r"(?>共计|总计|累计|合计|一共|总共|共|总|计|了|过|达到|达|为|有|开展|组织|举办|举行|进行|参加|完成|召开|实施|安排|各|均|分别|"
    r"线上|线下|网上|在线|现场|活动|工作|次数|数量|场次|全年|年内|年度|上半年|下半年|本年|今年|上、下半年|等|形式|会议|会|班|和|与|及|以及|并|"
    r"[（）：、“”]|其中|采取|采用|通过|方式|的|第[一二三四]季度|\d{1,2}月份?|\d{1,2}日)*+"
)
_ENDS_IN_FILLER = re.compile(rf"{_FILLER}$")
_MODE_ALONE = re.compile(r"(?P<mode>线[上下]|网上|现场)[、，和及]?(?:共计?)?")
_SEPARATOR = re.compile(r"[，。；：！？\n▢]")
_FORWARD_STOP = re.compile(r"[，。；、（）：\n▢]")


@dataclass(frozen=True, slots=True)
class EventCount:
    """`value` events of one kind. `value` is None when only an approximate number is written.

    `mode`: online, offline or None when the words name neither or both. `subset` is true for a part of a
    count named before (「其中」). `period` and `topic` tell events of one kind apart within the year.
    `start` and `end` delimit the literal words in the sentence.
    """

    kind: Kind
    value: int | None
    mode: Mode | None
    subset: bool
    period: str
    topic: str
    interpreted: bool
    sentence: Sentence
    start: int
    end: int

    @property
    def literal(self) -> str:
        return self.sentence.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Owner:
    kind: Kind
    words: str
    start: int
    end: int


@lru_cache(maxsize=256)
def exam_nouns(live: str, about_law: bool) -> tuple[re.Match[str], ...]:
    """The nouns in `live` that mean a law exam; `about_law` says that the paragraph speaks of law study."""
    nouns = []
    for match in _EXAM_NOUN.finditer(live):
        clause = re.split(r"[，。；、]", live[max(0, match.start() - 14) : match.start()])[-1]
        needs_law = match.group() in ("测试", "测验", "笔试", "会考", "统考")
        lawful = bool(LAW.search(live)) if needs_law else about_law or bool(LAW.search(live))
        quiz = needs_law and (_QUIZ.search(clause) or _QUIZ.match(live, match.end()))
        if lawful and not quiz and not _OTHER_EXAM.search(clause + match.group()):
            nouns.append(match)
    return tuple(nouns)


def follows_other_exam(live: str, position: int, about_law: bool) -> bool:
    """Whether the last exam named before `position` is one that is not on law (recruitment, skills, a licence)."""
    every = [noun.start() for noun in _EXAM_NOUN.finditer(live, 0, position)]
    return bool(every) and every[-1] not in {noun.start() for noun in exam_nouns(live, about_law)}


def event_counts(sentence: Sentence, about_law: bool) -> list[EventCount]:
    """Every count of exams or study sessions in the sentence, in order."""
    live = sentence.live
    counts = list(COUNT.finditer(live))
    found: list[EventCount] = []
    used: set[int] = set()
    for modes, pair in _respectively(live, counts):
        owner = _nearest(live, modes.end(), about_law) or _behind(live, 0, pair[0].start(), about_law)
        if owner is not None and owner.kind == "exam":
            found += _respective_counts(sentence, owner, modes, pair)
            used |= {match.start() for match in pair}
    for position, match in enumerate(counts):
        if match.start() not in used:
            left = counts[position - 1].end() if position else 0
            right = counts[position + 1].start() if position + 1 < len(counts) else len(live)
            found += _read(sentence, match, left, right, about_law, found)
    return found


def _respectively(live: str, counts: list[re.Match[str]]) -> list[tuple[re.Match[str], list[re.Match[str]]]]:
    """「线上、线下考试分别3次和1次」: the pair of modes and the pair of counts."""
    found = []
    for modes in re.finditer(r"(线[上下])[、和与及](线[上下])[^，。；]{0,14}分别", live):
        pair = [match for match in counts if 0 <= match.start() - modes.end() <= 12][:2]
        if len(pair) == 2:
            found.append((modes, pair))
    return found


def _respective_counts(
    sentence: Sentence, owner: _Owner, modes: re.Match[str], pair: list[re.Match[str]]
) -> list[EventCount]:
    start, end = min(owner.start, modes.start()), pair[1].end()
    return [
        EventCount(owner.kind, _value(match), _mode(word), False, "", "", False, sentence, start, end)
        for word, match in zip(modes.groups(), pair, strict=True)
    ]


def _read(
    sentence: Sentence, match: re.Match[str], left: int, right: int, about_law: bool, before: list[EventCount]
) -> list[EventCount]:
    live = sentence.live
    left = max([left, *(count.end for count in before if count.end <= match.start())])
    clause = max((stop.end() for stop in _SEPARATOR.finditer(live, left, match.start())), default=left)
    owner = (
        _ahead(live, clause, match.end(), right, about_law)
        or _behind(live, clause, match.start(), about_law)
        or _earlier(live, clause, match.start(), about_law)
        or _later(live, match.end(), about_law)
    )
    if owner is None:
        return []
    start, end = min(owner.start, clause), max(owner.end, match.end())
    start += len(live[start:end]) - len(live[start:end].lstrip("▢、和与及并，"))
    words = live[clause : match.start()]
    listed = bool(before) and before[-1].subset and before[-1].kind == owner.kind
    subset = "其中" in words or (listed and not re.search("另|还|同时", live[left : match.start()]))
    times, interpreted = _repetition(live[max(0, match.start() - 14) : match.start()])
    value = _value(match)
    period, topic = _period(live[left : match.start()]), _topic(owner.words)
    modes = _modes(words + live[match.end() : owner.end], owner, subset)
    if len(modes) == 2 and re.search(r"各[^，。；]{0,4}$", words):
        return [
            EventCount(owner.kind, value, mode, subset, period, topic, False, sentence, start, end) for mode in modes
        ]
    total = None if value is None else value * times
    mode = modes[0] if len(modes) == 1 else None
    return [EventCount(owner.kind, total, mode, subset, period, topic, interpreted, sentence, start, end)]


def _value(match: re.Match[str]) -> int | None:
    """None for 「10余次」「近10次」「10次以上」, which state no number."""
    vague = match["near"] or match["more"] or match["over"] or "." in match["number"]
    try:
        return None if vague else to_int(match["number"])
    except InputError:  # 「十十次」: the words count nothing
        return None


def _ahead(live: str, clause: int, start: int, right: int, about_law: bool) -> _Owner | None:
    stop = _FORWARD_STOP.search(live, start, right)
    end = min(stop.start() if stop else right, start + 26)
    exams = [noun for noun in exam_nouns(live, about_law) if start <= noun.start() < end]
    if exams:
        return _Owner("exam", live[start : exams[0].end()], start, exams[0].end())
    phrase = live[start:end]
    study = _STUDY_NOUN.search(phrase)
    if study and _is_law_study(phrase, live[clause:start]):
        last = [*_STUDY_NOUN.finditer(phrase)][-1]
        return _Owner("study", phrase[: last.end()], start, start + last.end())
    return None


def _behind(live: str, clause: int, stop: int, about_law: bool) -> _Owner | None:
    words = live[clause:stop]
    filler = _ENDS_IN_FILLER.search(words)
    edge = clause + (filler.start() if filler else len(words))
    for noun in exam_nouns(live, about_law):
        if clause <= noun.start() and noun.end() <= stop and re.fullmatch(_FILLER, live[noun.end() : stop]):
            return _Owner("exam", live[clause : noun.end()], clause, stop)
    ends = [noun for noun in _STUDY_NOUN.finditer(words) if re.fullmatch(_FILLER, words[noun.end() :])]
    contents = [noun for noun in _STUDY_NOUN.finditer(words) if re.match(r"[^，。；]{2,24}$", live[clause + noun.end() : edge])]
    if (ends or (contents and LAW.search(words[contents[0].end() :]))) and _is_law_study(words, ""):
        return _Owner("study", words, clause, stop)
    return None


def _earlier(live: str, clause: int, stop: int, about_law: bool) -> _Owner | None:
    """The noun of an earlier clause, when this one holds only such words as 「其中线上」「全年共」."""
    return _nearest(live, clause, about_law) if re.fullmatch(_FILLER, live[clause:stop]) else None


def _later(live: str, start: int, about_law: bool) -> _Owner | None:
    """「3次线上、1次线下学法考试」: only the mode follows, the noun comes with a later count."""
    mode = _MODE_ALONE.match(live, start)
    following = COUNT.match(live, mode.end()) if mode else None
    if mode is None or following is None:
        return None
    owner = _ahead(live, mode.end(), following.end(), len(live), about_law) or _later(live, following.end(), about_law)
    return _Owner(owner.kind, "", start, start + len(mode["mode"])) if owner else None


def _nearest(live: str, stop: int, about_law: bool) -> _Owner | None:
    """The last noun before `stop`, if it is one of ours."""
    exams = [(noun.end(), "exam") for noun in exam_nouns(live, about_law) if noun.end() <= stop]
    study = [(noun.end(), "study") for noun in _STUDY_NOUN.finditer(live, 0, stop)]
    other = [(noun.end(), "other") for noun in _OTHER_NOUN.finditer(live, 0, stop) if noun.group() not in ("活动", "会议")]
    if not (exams or study or other):
        return None
    end, kind = max([*other, *study, *exams], key=lambda noun: noun[0])
    start = max((match.end() for match in _SEPARATOR.finditer(live, 0, end)), default=0)
    if kind == "exam":
        return _Owner("exam", live[start:end], start, end)
    if kind == "study" and _is_law_study(live[start:end], ""):
        return _Owner("study", live[start:end], start, end)
    return None


def _is_law_study(phrase: str, before: str) -> bool:
    return bool(LAW.search(phrase) or LAW.search(before)) and not (_OUTWARD.search(phrase) or _OUTWARD.search(before))


def _modes(words: str, owner: _Owner, subset: bool) -> list[Mode]:
    own = re.sub(r"(?:线上|线下|网上|在线|网络)[^，。；]{0,4}(?:学习|培训|课程|答题|宣传)", "", words)
    found = _modes_in(own)
    return found if found or subset or owner.end > owner.start + len(owner.words) else _modes_in(owner.words)


def _modes_in(words: str) -> list[Mode]:
    online, offline = bool(ONLINE.search(words)), bool(re.search("线下|现场", words))
    if not online and OFFLINE.search(words):
        offline = True
    modes: list[Mode] = []
    if online:
        modes.append("online")
    if offline:
        modes.append("offline")
    return modes


def _mode(word: str) -> Mode:
    return "online" if ONLINE.search(word) else "offline"


def _repetition(before: str) -> tuple[int, bool]:
    """How often the count recurs in a year: 「上、下半年各」 twice, 「每季度」 four times; read into it, so interpreted."""
    if re.search(r"上半?年?、?(?:和|与|及)?下半年(?:均|各|分别)", before) or re.search(r"(?:每|各)半年", before):
        return 2, True
    if re.search(r"每个?季度?|各季度|四个季度各", before):
        return 4, True
    if re.search(r"每个?月|月均", before):
        return 12, True
    return 1, False


def _period(words: str) -> str:
    marks = re.findall(r"上半年|下半年|第?[一二三四]季度|\d{1,2}月", words)
    return marks[-1] if len(marks) == 1 or (marks and "各" not in words) else ""


def _topic(words: str) -> str:
    topics = re.findall(r"宪法|民法典|国家安全|保密|行政复议|行政处罚|安全生产|数据安全|网络安全|党内法规|新任职|新入职", words)
    return "+".join(dict.fromkeys(topics))
