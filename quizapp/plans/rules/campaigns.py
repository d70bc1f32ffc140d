"""Publicity campaigns on law that the agency took part in, and what it did in each."""

from __future__ import annotations

import re

from quizapp.plans.rules.facts import Activity, Campaign, Fact
from quizapp.plans.rules.sentences import BLANK, Sentence

_CAMPAIGNS = {
    "全民国家安全教育日": r"国家安全教育日|国家安全教育[^，。；]{0,4}(?:宣传|活动)|4[·.]15",
    "全国保密宣传教育月": r"保密(?:法)?宣传教?育?[月周]",
    "民法典宣传": r"民法典》?(?:主题)?(?:普法)?(?:宣传|知识[竞答]|云展览|学习宣传|进[机社企])|美好生活·民法典相伴",
    "宪法宣传周": r"宪法(?:法律)?(?:主题)?宣传|国家宪法日|宪法日|12[·.]4",
    "旁听庭审": r"旁听[^，。；、]{0,6}(?:庭审|案件)|庭审(?:旁听|观摩)",
    "以案释法": r"以案释法|以案说法|以案普法",
    "全国节能宣传周": r"节能宣传周|节能宣传月",
    "全国低碳日": r"全国低碳日|低碳日",
    "全国生态日": r"全国生态日",
    "世界环境日": r"世界环境日|六五环境日|环境日宣传",
    "世界水日": r"世界水日|中国水周",
    "国家网络安全宣传周": r"网络安全宣传周",
    "民族团结进步宣传周": r"民族团结进步宣传[周月]",
    "安全生产月": r"安全生产(?:宣传)?月|安全生产宣传",
    "消防宣传月": r"消防(?:安全)?宣传[月日]|119消防",
    "国际禁毒日": r"国际禁毒日|禁毒(?:法治)?宣传",
    "国际消费者权益日": r"消费者权益(?:保护)?日|3[·.]15",
    "知识产权宣传周": r"知识产权(?:日|宣传周)",
    "防范非法集资宣传月": r"非法集资[^，。；]{0,4}宣传",
    "反诈宣传": r"反(?:电信网络)?诈骗?(?:法)?宣传",
    "职业病防治法宣传周": r"职业病防治法》?宣传周",
    "信访法治宣传": r"信访[^，。；]{0,6}宣传[月周]",
    "行政复议法宣传": r"行政复议法》?[^，。；]{0,4}宣传(?:月|周|活动)",
    "世界标准日": r"世界标准日",
    "法律七进": r"(?:法律|法治|普法)(?:宣传)?“?[六七八]?进",
}
_ACTIVITIES = {
    "oath": r"宪法宣誓|宣誓",
    "online_quiz": r"(?:微信|线上|网上|在线|网络|公众号|云)[^，。；]{0,28}?(?P<words>[^，。；“”的]{0,12}(?:答题|竞答|竞赛|测试))",
    "quiz": r"答题|竞答|知识竞赛|抢答",
    "lecture": r"专题授课|授课|讲座|专题辅导|宣讲|法治课|报告会",
    "poster": r"海报|展板|挂图|标语|横幅|宣传栏|LED|电子屏",
    "online_class": r"网络(?:教育)?[^，。；]{0,6}(?:专题班|课程|培训)|网络专题班|在线课程",
    "exhibition": r"云展览|展览|(?<!发)展出|参观",
    "material": r"PPT|宣传册|手册|折页|宣传单|宣传资料|宣传品|读本",
    "court_hearing": r"旁听[^，。；、]{0,6}(?:庭审|案件)|庭审(?:旁听|观摩)|庭审公开网",
    "case_teaching": r"以案释法|以案说法|以案普法",
    "film": r"微视频|短视频|宣传片|影片|微电影|观影",
    "essay": r"征文",
    "consultation": r"法律咨询|咨询服务|咨询台|设点宣传",
}
_DENIED = re.compile(r"(?:未|没有|尚未)(?:组织|开展|举办|安排)[^，。；]{0,8}$")
_OF_THE_CAMPAIGN_ITSELF = {"旁听庭审": ("court_hearing", "case_teaching"), "以案释法": ("case_teaching", "court_hearing")}


def read_campaigns(sentences: tuple[Sentence, ...]) -> tuple[tuple[Campaign, ...], list[Fact]]:
    """Campaigns in the order of the report; what is only planned for the next year does not count."""
    activities: dict[str, dict[str, Activity]] = {}
    facts: list[Fact] = []
    for sentence in sentences:
        if sentence.section != "body":
            continue
        mentions = _mentions(sentence)
        for position, (name, match) in enumerate(mentions):
            if name not in activities:
                activities[name] = {}
                facts.append(_fact("campaign", name, match.group(), sentence))
            following = mentions[position + 1][1].start() if position + 1 < len(mentions) else len(sentence.text)
            for activity in _activities(sentence, name, match.start(), following):
                if activity.kind not in activities[name]:
                    activities[name][activity.kind] = activity
                    facts.append(_fact("campaign_activity", f"{name}：{activity.literal}", activity.literal, sentence))
    return tuple(Campaign(name, tuple(found.values())) for name, found in activities.items()), facts


def _fact(field: str, value: str, literal: str, sentence: Sentence) -> Fact:
    return Fact(field, value, literal, sentence.text, sentence.start, sentence.end)


def _mentions(sentence: Sentence) -> list[tuple[str, re.Match[str]]]:
    """The first mention of each campaign in a sentence, in order of place."""
    found: list[tuple[str, re.Match[str]]] = []
    for name, pattern in _CAMPAIGNS.items():
        match = next(
            (match for match in re.finditer(pattern, sentence.text) if _counts(sentence, match)),
            None,
        )
        if match:
            found.append((name, match))
    return sorted(found, key=lambda mention: mention[1].start())


def _counts(sentence: Sentence, match: re.Match[str]) -> bool:
    """A name inside 《》 counts; one that is denied, planned or of another year does not."""
    alive = BLANK not in sentence.live[match.start() : match.end()]
    return alive and not _DENIED.search(sentence.text[: match.start()])


def _activities(sentence: Sentence, name: str, start: int, stop: int) -> list[Activity]:
    allowed = _OF_THE_CAMPAIGN_ITSELF.get(name)
    found: list[Activity] = []
    for kind, pattern in _ACTIVITIES.items():
        match = re.search(pattern, sentence.text[start:stop])
        if match is None or (allowed and kind not in allowed):
            continue
        if kind == "quiz" and any(activity.kind == "online_quiz" for activity in found):
            continue
        found.append(Activity(kind, match.groupdict().get("words") or match.group()))
    return found
