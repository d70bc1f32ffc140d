"""Works named between 《 and 》: which of them are laws, and which are plans, articles or books."""

from __future__ import annotations

import re

from quizapp.plans.rules.facts import Fact, Title, TitleKind
from quizapp.plans.rules.sentences import Sentence

_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》){1,120})》")
_EDITION = re.compile(r"（(?:[^）]*(?:修订|修正|试行|草案|征求意见稿|年版|年本)[^）]*|20\d\d(?:[—-]20\d\d)?年?|[^）]{1,6})）$")
_OWN_REPORT = re.compile(r"(?:20\d\d|二〇\S{2})年度?.*(?:报告|总结|述职|汇报)$|(?:法治政府建设|普法|依法行政|依法治[县市区省理]).*(?:情况报告|工作报告|工作总结|情况的报告)$")
_BOOK = re.compile(
    r"(?:学习问答|学习纲要|读本|问答|选编|汇编|文选|选集|著作选读|教程|教材|辅导|辅导百问|讲义|手册|案例选|概论|百问|论述摘编|文集|绘本|丛书)$"
    r"|谈治国理政|^论|文稿"
)
_BOOK_AROUND = re.compile(r"书籍|读物|图书|一书|书目|配发$|发放$|购买$|订阅$|赠阅")
_ARTICLE_AROUND = re.compile(r"文章|转载|刊发|刊登|发表|撰写|论文|推送|投稿|社论|评论")
_LAW = re.compile(r"(?:(?<![办方做看书司执普用学守说手想写战兵魔])法|法典|宪法|宪法修正案|刑法修正案(?:（[^）]+）)?|基本法)$")
_LAW_DECISION = re.compile(r"^全国人民代表大会.*(?:决定|决议|解释)$")
_PARTY = re.compile(
    r"中国共产党|^党章|党政机关|党政主要负责人|党政领导|党内|党员|党组|党委|党务|党组织|领导干部|中央八项规定|廉洁自律|纪律处分|巡视|问责条例|"
    r"信访工作条例|干部选拔|干部教育培训|法治政府建设与责任落实督察|重大事项请示报告|公务接待|三重一大|意识形态|保密工作条例|机构编制"
)
_REGULATION = re.compile(r"(?:条例|规定|办法|细则|规则|规章|规程|准则|章程)$")
_POLICY = re.compile(
    r"(?:意见|方案|纲要|规划|通知|计划|要点|决定|清单|指南|指引|措施|公报|决议|制度|标准|目录|函|批复|公告|通告|安排|白皮书|"
    r"建议|机制|任务分工|倡议书|责任书|台账|体系|规范|口径|裁量基准|基准|工作报告|报告)$"
)


def read_titles(text: str, sentences: tuple[Sentence, ...]) -> tuple[tuple[Title, ...], list[Fact]]:
    """Every distinct title in order of first mention; `count` counts all mentions in the whole text.

    Two spellings that differ only in spaces are one title.
    """
    mentions: dict[str, list[re.Match[str]]] = {}
    for match in _TITLE.finditer(text):
        mentions.setdefault(match.group(1).replace(" ", ""), []).append(match)
    titles = []
    facts = []
    for matches in mentions.values():
        first = matches[0]
        sentence = next(piece for piece in sentences if piece.start <= first.start() < piece.end)
        kind = classify(first.group(1), sentence.text)
        titles.append(Title(first.group(1), kind, len(matches)))
        facts.append(Fact("title", first.group(1), first.group(), sentence.text, sentence.start, sentence.end))
    return tuple(titles), facts


def classify(title: str, sentence: str = "") -> TitleKind:
    """The kind of a title by its own words, then by the clause of `sentence` that names it."""
    plain = re.sub(r"\s", "", _EDITION.sub("", title)).strip("《》")
    if plain == "党章":
        return "party_rule"
    by_name: list[tuple[re.Pattern[str], TitleKind]] = [
        (_OWN_REPORT, "own_report"),
        (_LAW_DECISION, "law"),
        (_BOOK, "book"),
        (_LAW, "law"),
    ]
    for pattern, kind in by_name:
        if pattern.search(plain):
            return kind
    if _REGULATION.search(plain):
        return "party_rule" if _PARTY.search(plain) else "regulation"
    if _POLICY.search(plain):
        return "policy"
    return "book" if _is_book_here(title, sentence) else "article"


def _is_book_here(title: str, sentence: str) -> bool:
    place = sentence.find(f"《{title}》")
    before, after = sentence[max(0, place - 12) : max(0, place)], sentence[place + len(title) + 2 :][:16]
    if _ARTICLE_AROUND.search(before) or _ARTICLE_AROUND.search(after):
        return False
    return bool(_BOOK_AROUND.search(before) or _BOOK_AROUND.search(after))
