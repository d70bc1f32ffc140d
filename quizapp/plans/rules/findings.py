"""What a report is about and what it admits: the agency, the year, the subjects, the shortcomings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from quizapp.kernel.numerals import to_int
from quizapp.plans.rules.facts import Fact
from quizapp.plans.rules.sentences import Sentence

_YEAR = r"(?:20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})"
_ORGAN = (
    r"(?:委员会办公室|委员会|管理局|办公厅|办公室|人民政府|人民法院|人民检察院|街道办事处|管委会|分局|总队|支队|大队|总站|中心|医院|"
    r"学院|大学|学校|中学|小学|幼儿园|研究院|研究所|馆|银行|公司|集团|总公司|总局|党校|局|厅|委|办|院|所|站|处|队|园|台|社)"
)
_AGENCY = re.compile(rf"[\u4e00-\u9fff（）·]{{2,28}}{_ORGAN}")
_REPORT_TITLE = re.compile(r"报告|总结|汇报|情况")
_GAP = re.compile(
    r"不够|不足|不深|不透|不强|不高|不到位|不平衡|不扎实|不及时|不规范|不全面|不完善|差距|滞后|有待|欠缺|薄弱|缺乏|较少|偏少|偏低|单一|短板|"
    r"(?:需要?|还要|仍要|仍需|还需|尚需|需)(?:进一步|持续|不断|继续)?(?:加强|提升|提高|推动|用力|完善|改进|丰富|深化|强化)"
)
_GAP_INLINE = re.compile(r"(?:存在|还有)[^。，；]{0,14}(?:问题|不足|差距|短板|困难)|(?:问题|不足|短板)(?:主要)?(?:是|为|有|在于)：?")
_ABOUT = re.compile("学习|学法|法治|法律|普法|依法|宣传|培训|考试|条例|规范|制度|贯彻|规定")


def read_year(text: str) -> tuple[int | None, str]:
    """The report's year and the words that say it: from its title, else the year most named outside 《》."""
    lines = text.split("\n")
    for line in lines[:6]:
        match = re.search(rf"({_YEAR})年?度?", line)
        if match and len(line) <= 70 and _REPORT_TITLE.search(line) and "。" not in line:
            return to_int(match.group(1)), match.group()
    body = re.sub(r"《[^》]*》|〔\d+〕|（20\d\d[—-]20\d\d年?）", "", text)
    years = Counter(match.group(1) for match in re.finditer(rf"({_YEAR})年(?!\d{{1,2}}月\d)", body))
    if not years:
        return None, ""
    word = years.most_common(1)[0][0]
    return to_int(word), f"{word}年"


def read_agency(text: str) -> str | None:
    """The agency as the title names it, else as the report is signed, else as its first sentence names it."""
    lines = text.split("\n")
    titles = [line for line in lines[:6] if len(line) <= 80 and _REPORT_TITLE.search(line) and "。" not in line]
    signed = [line for line in lines[-3:] if len(line) <= 45]
    for line in (*titles, *signed):
        plain = re.sub(rf"^关于|^{_YEAR}年度?", "", line)
        name = re.split(rf"关于|{_YEAR}年|法治|普法|依法", plain)[0]
        if re.fullmatch(rf"{_AGENCY.pattern}(?:党组|党委)?", name):
            return re.sub("党组$|党委$", "", name)
    opening = re.search(rf"{_YEAR}年(?:以来|度)?，(?P<name>{_AGENCY.pattern}?)(?:党组|党委|坚持|在|认真|深入|以|紧紧|全面|，)", text)
    return opening["name"] if opening and opening["name"] not in ("我局", "本局", "我委", "我院") else None


def about_law_study(text: str) -> bool:
    """Whether words on studying, testing or publicising law occur at all."""
    return bool(
        re.search(
            r"学法|考法|普法|(?:法治|法律|宪法|民法典|法律法规|法规|条例|法)》?[^，。；]{0,8}(?:学习|讲座|培训|宣传|考试|测试|教育|宣讲|授课)"
            r"|学习[^，。；]{0,12}(?:宪法|民法典|法律|法治|法规|条例)",
            text,
        )
    )


def read_subjects(
    sentences: Sequence[Sentence], terms: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], list[Fact]]:
    """The subjects of the bank that the report names by one of their terms, in the order of `terms`."""
    facts = []
    for name, words in terms.items():
        pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)")
        for sentence in sentences:
            match = pattern.search(sentence.text)
            if match and sentence.section != "next_steps" and _ABOUT.search(sentence.text):
                facts.append(
                    Fact("subject", name, match.group(), sentence.text, sentence.start, sentence.end)
                )
                break
    return tuple(str(fact.value) for fact in facts), facts


def read_shortcomings(sentences: Sequence[Sentence]) -> tuple[tuple[str, ...], list[Fact]]:
    """The gaps that the report states about itself, clause by clause, in its own words."""
    facts: dict[str, Fact] = {}
    admitting = -1  # paragraph in which an inline admission (「存在的不足是…」) is under way
    for sentence in sentences:
        if sentence.section == "body" and _GAP_INLINE.search(sentence.text):
            admitting = sentence.paragraph
        inline = sentence.section == "body" and sentence.paragraph == admitting
        if sentence.section != "shortcomings" and not inline:
            continue
        text = re.split("下一步|今后", sentence.text)[0] if inline else sentence.text
        for clause in re.split("[，。；：！？]", text):
            words = re.sub(r"^(?:[一二三四五六七八九]是|（\w{1,2}）|\d[.、])", "", clause)
            if _GAP.search(words) and not re.match(r"(?:[一二三四五]、|存在的|主要)", words) and len(words) > 5:
                facts.setdefault(
                    words, Fact("shortcoming", words, words, sentence.text, sentence.start, sentence.end)
                )
    return tuple(facts), list(facts.values())
