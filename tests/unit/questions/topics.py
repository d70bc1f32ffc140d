"""A small, sound topic file, and ways to break one thing in it."""

from datetime import date

from quizapp.questions.rules.checks import check_bank
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.reading import parse_topic
from quizapp.questions.rules.register import KnownVersion

FILE = "civil-code/contracts.yaml"
FINGERPRINT = "00112233445566aa"  # of every article in these files
REGISTER = {
    ("民法典", "2020-05-28"): KnownVersion(
        1260, date(2021, 1, 1), None, {str(number): FINGERPRINT for number in range(1, 1261)} | {"preamble": FINGERPRINT}
    ),
    ("民法典", "2019-01-01"): KnownVersion(1200, date(2019, 2, 1), date(2021, 1, 1), {"17": FINGERPRINT, "188": "ffffffffffffffff"}),
    ("宪法", "2018-03-11"): KnownVersion(None, None, None, {"preamble": FINGERPRINT, "999": FINGERPRINT}),
}
TODAY = date(2026, 11, 25)
SUBJECTS = ("civil-code", "constitution")

SINGLE = """\
  - id: civil-code-001
    type: single
    difficulty: 2
    applied: true
    stem: 张某与某公司订立买卖合同，下列[[不属于]]合同主要内容的是？
    options:
      A: 标的物的名称
      B: 价款的数额
      C: 张某的籍贯
      D: 履行的期限
    key: [C]
    explanation: 籍贯与当事人的权利义务无关，不是合同一般应当具备的内容。
    distractors:
      A: 标的是合同的内容。
      B: 价款是合同的内容。
      D: 期限是合同的内容。
    basis:
      - {law: 民法典, version: 2020-05-28, article: 470, text: 00112233445566aa, span: [0, 8]}
"""
MULTIPLE = """\
  - id: civil-code-002
    type: multiple
    difficulty: 1
    applied: false
    stem: 民事主体从事民事活动，应当遵循哪些原则？
    options:
      A: 自愿原则
      B: 公平原则
      C: 保密原则
      D: 诚信原则
    key: [A, B, D]
    explanation: 自愿、公平、诚信都写在总则的基本规定里，保密没有写在那里。
    distractors:
      C: 保密不是民法的基本原则。
    basis:
      - {law: 民法典, version: 2020-05-28, article: 5, paragraph: 1, text: 00112233445566aa, span: [0, 8]}
"""
TRUE_FALSE = """\
  - id: civil-code-003
    type: true_false
    difficulty: 1
    applied: false
    stem: 十八周岁以上的自然人为成年人。
    key: true
    explanation: 成年的界线是十八周岁，这一表述与条文一致。
    distractors:
      "false": 把成年的界线记成了二十周岁。
    basis:
      - {law: 民法典, version: 2020-05-28, article: 17, text: 00112233445566aa, span: [0, 8]}
"""
FILL = """\
  - id: civil-code-004
    type: fill
    difficulty: 1
    applied: false
    stem: 向人民法院请求保护民事权利的诉讼时效期间一般为____年，最长为____年。
    key: [["3", 三年], ["20", 二十年]]
    explanation: 普通时效为三年，自权利受到损害之日起最长保护二十年。
    distractors:
      "2": 这是过去的一般时效。
    basis:
      - {law: 民法典, version: 2020-05-28, article: 188, text: 00112233445566aa, span: [0, 8]}
"""
SHORT = """\
  - id: civil-code-005
    type: short
    difficulty: 3
    applied: false
    stem: 简述民事法律行为有效的条件。
    key: 行为人有相应的行为能力，意思表示真实，不违反强制性规定和公序良俗。
    rubric:
      - {point: 行为能力, share: 40}
      - {point: 意思表示真实, share: 30}
      - {point: 不违反强制性规定和公序良俗, share: 30}
    explanation: 三个条件缺一不可，分别关系到人、意思和内容。
    basis:
      - {law: 民法典, version: 2020-05-28, article: 143, text: 00112233445566aa, span: [0, 8]}
"""
CASE = """\
  - id: civil-code-006
    type: case
    applied: true
    material: 甲某局向乙公司采购一批办公桌，乙公司迟延交货，经催告后在合理期限内仍未交货。
    parts:
      - id: civil-code-006.1
        type: true_false
        difficulty: 3
        stem: 甲某局可以解除合同。
        key: true
        explanation: 迟延履行主要债务，经催告后在合理期限内仍未履行的，可以解除合同。
        distractors:
          "false": 误以为只有不能履行时才能解除。
        basis:
          - {law: 民法典, version: 2020-05-28, article: 563, text: 00112233445566aa, span: [0, 8]}
      - id: civil-code-006.2
        type: single
        difficulty: 2
        stem: 合同解除以后，尚未履行的部分应当怎样处理？
        options:
          A: 终止履行
          B: 继续履行
          C: 减半履行
        key: [A]
        explanation: 合同解除后，尚未履行的终止履行。
        distractors:
          B: 解除以后不再履行。
          C: 没有减半履行的规定。
        basis:
          - {document: 《示例意见》, issuer: 示例机关, date: 2022-10-16, locator: 第三部分}
"""
HEAD = "subject: civil-code\ntopic: 合同\nitems:\n"
ITEMS = {
    "single": SINGLE,
    "multiple": MULTIPLE,
    "true_false": TRUE_FALSE,
    "fill": FILL,
    "short": SHORT,
    "case": CASE,
}
SOUND = HEAD + "".join(ITEMS.values())


def problems(text: str, file: str = FILE) -> list[Problem]:
    return check_bank([parse_topic(text, file)], SUBJECTS, REGISTER, TODAY)


def line_of(text: str, words: str) -> int:
    """The line, from 1, on which `words` first occur."""
    return text[: text.index(words)].count("\n") + 1
