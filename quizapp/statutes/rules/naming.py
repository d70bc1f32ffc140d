"""What a text is called, of which kind it is and who issued it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from quizapp.statutes.rules.reading import ParsedText

KIND_NAMES: Mapping[str, str] = {
    "constitution": "宪法",
    "law": "法律",
    "administrative_regulation": "行政法规",
    "judicial_interpretation": "司法解释",
    "department_rule": "部门规章",
    "amendment": "修正案",
    "other": "其他",
}
"""Kind → Chinese name, in order of rank; translated where it is shown."""

_COUNTRY = "中华人民共和国"
_BRANCHES = {
    "宪法": "constitution", "刑法": "law", "民法典": "law", "宪法相关法": "law", "行政法": "law", "民法商法": "law",
    "经济法": "law", "社会法": "law", "诉讼与非诉讼程序法": "law", "行政法规": "administrative_regulation",
    "司法解释": "judicial_interpretation", "部门规章": "department_rule",
}
_ISSUERS = (
    ("全国人民代表大会常务委员会", "全国人民代表大会常务委员会"),
    ("全国人民代表大会", "全国人民代表大会"),
    ("最高人民法院", "最高人民法院"),
    ("国务院", "国务院"),
    ("政务院", "中央人民政府政务院"),
)


def is_branch(folder: str) -> bool:
    """Whether a folder of that name says of which kind the texts in it are."""
    return folder in _BRANCHES


def title_parts(title: str) -> tuple[str, ...]:
    """A title at the places where a line may end: after the name of the country."""
    rest = title.removeprefix(_COUNTRY)
    return (_COUNTRY, rest) if rest and rest != title else (title,)


def short_name(title: str) -> str:
    """The title without the name of the country, at its start and inside 《》: 「民法典」."""
    name = title.strip().replace(f"《{_COUNTRY}", "《").replace(f"〈{_COUNTRY}", "〈")
    return name.removeprefix(_COUNTRY) or name


def kind_of(title: str, folder: str, head: str) -> str:
    """Kind by the title, else by the folder of a collection, else by the words of the head."""
    if "修正案" in title:
        return "amendment"
    top = folder.split("/")[0] if folder else ""
    if top in _BRANCHES:
        return _BRANCHES[top]
    if title.startswith("最高人民"):
        return "judicial_interpretation"
    if short_name(title) == "宪法":
        return "constitution"
    if re.search("(?:法|法典)$", title) and "国务院令" not in head:
        return "law"
    return "administrative_regulation" if "国务院" in head else "department_rule"


def issuer_of(text: ParsedText, folder: str) -> str:
    """Who issued the text, by its head; "" where the head does not say."""
    if text.fields.get("issuing_authority"):
        return text.fields["issuing_authority"]
    if text.title.startswith("最高人民法院"):
        return "最高人民法院"
    if folder.startswith("部门规章/"):
        return folder.partition("/")[2]
    head = " ".join(text.head)
    order = re.search(r"国务院令第|国务院(?:发布|公布|批准)", head)
    if order and "代表大会" not in head:
        return "国务院"
    return next((issuer for words, issuer in _ISSUERS if words in head), "")
