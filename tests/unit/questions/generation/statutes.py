"""An invented regulation on lending books, in our own words, and ways to make candidates from a few paragraphs."""

from __future__ import annotations

from collections.abc import Iterable

from quizapp.questions.rules.generation import Candidate, SourceArticle, candidates

LAW, VERSION = "图书借阅条例", "2030-05-01"

LENDING = (
    ("第一章 总则", "为了方便读者借阅图书，制定本条例。"),
    ("第一章 总则", "本条例所称藏书，是指图书馆登记在册、供读者借阅的图书。"),
    ("第一章 总则", "本条例所称读者，是指持有借阅证、按照登记事项使用馆内资源的自然人。"),
    ("第一章 总则", "本条例所称借阅证，是指图书馆发给申请人、载明其姓名和编号的凭证。"),
    ("第二章 借阅", "图书馆应当自收到办证申请之日起十日内发给借阅证。"),
    ("第二章 借阅", "读者应当在三十日内归还所借图书；确有需要的，可以续借一次。"),
    ("第二章 借阅", "馆际互借的图书，借入馆应当在九十日内归还借出馆。"),
    ("第二章 借阅", "读者预约的图书到馆后，图书馆为其保留十五日。"),
    ("第三章 管理", "借阅规则由市图书馆管理部门制定，报市文化主管部门备案。"),
    ("第三章 管理", "阅览座位的分配办法由县级图书馆管理部门制定。"),
    ("第三章 管理", "古籍修复的技术规范由国家档案保管机构制定。"),
    ("第三章 管理", "流动书车的行车路线由街道交通协调机构制定。"),
    (
        "第三章 管理",
        "读者有下列情形之一的，图书馆暂停其借阅资格：",
        "（一）在阅览室内大声喧哗，经劝告仍不停止的；",
        "（二）把所借图书转借他人的；",
        "（三）故意在图书上涂画的；",
        "（四）其他违反借阅规则的情形。",
    ),
    (
        "第三章 管理",
        "读者有下列情形之一的，图书馆注销其借阅证：",
        "（一）书面申请不再借阅的；",
        "（二）借阅证被他人冒用后申请补办的；",
        "（三）连续三年没有借阅记录的。",
    ),
    ("第四章 附则", "本条例自2030年9月1日起施行。"),
)


def articles(rows: Iterable[tuple[str, ...]] = LENDING, law: str = LAW) -> list[SourceArticle]:
    """One article per row: its heading, then its paragraphs."""
    return [
        SourceArticle(law, VERSION, str(number), (heading,), tuple(paragraphs))
        for number, (heading, *paragraphs) in enumerate(rows, start=1)
    ]


def made(rows: Iterable[tuple[str, ...]] = LENDING, *, seed: int = 1) -> list[Candidate]:
    return list(candidates(articles(rows), seed=seed))


def of_kind(kind: str, rows: Iterable[tuple[str, ...]] = LENDING, *, seed: int = 1) -> list[Candidate]:
    return [candidate for candidate in made(rows, seed=seed) if candidate.kind == kind]


def of_article(number: int, kind: str, *, seed: int = 1) -> list[Candidate]:
    return [each for each in of_kind(kind, seed=seed) if each.article == str(number)]


def key_texts(candidate: Candidate) -> list[str]:
    return [candidate.options[letter] for letter in candidate.key]
