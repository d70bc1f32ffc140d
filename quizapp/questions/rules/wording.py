"""How a question is worded: the emphasised negation, catch-all options, answers given away by form."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from quizapp.kernel.text import fold
from quizapp.questions.rules.markup import emphasised_spans, is_broken, plain_stem
from quizapp.questions.rules.problems import Problem
from quizapp.questions.rules.reading import ParsedTopic, SourceItem
from quizapp.questions.rules.schema import Case, Multiple, Question, Single, TrueFalse

EXPLANATION_CHARS = 15
STEM_CHARS = 400
LONGEST_RATIO = 1.35  # the key may exceed the longest distractor by this factor …
LONGEST_MARGIN = 2  # … and this many characters before it gives itself away
POSITION_SHARE = 0.45
POSITION_SINGLES = 12  # fewer than this say nothing about a distribution
BANK_SINGLES = 40  # the same for the whole bank
LONGEST_SHARE = (0.05, 0.30)  # a key that is never, or too often, the longest option gives itself away
POSITION_SHARES = (0.22, 0.28)  # of each letter among the singles with four options
TRUE_SHARE = (0.45, 0.55)
BANK_JUDGEMENTS = 40
SAME_COUNT_SHARE = 0.60
BANK_MULTIPLES = 10

# 「下列不属于……的是」 「哪一项不需要……？」: the words by which a stem asks for the exception
_NEGATION = "不属于|不包括|不包含|不正确|不准确|不恰当|不妥当?|不需要|不必|无需|不应当?|不符合|不适用|不是|不能|不可以|不得"
_WRONG = "错误|有误"
_ASKS = r"的(?:一项|一组|选项|说法|做法|表述|情形|行为)?(?:是|有|为)"
_ASKS_ANY = "的[^，。；？！,;?!]{0,8}?(?:是|有|为)"
_TAIL = r"[^。！？；?!;]{0,12}[？?。：:（）() ]*$"
_EXCEPTION = re.compile(
    f"(?P<word>{_NEGATION})[^，。；？！,;?!]*?{_ASKS_ANY}{_TAIL}"
    f"|(?P<wrong>{_WRONG}){_ASKS}{_TAIL}"
    f"|(?:哪|何|谁)[^，。；？！,;?!]*?(?P<which>{_NEGATION}|{_WRONG})[^。！？；?!;]*[？?。：:（）() ]*$"
    f"|(?P<except>除外){_TAIL}"
)
# 「……的说法正确的是」 asks for the right one, whatever the words before it deny
_ASKS_RIGHT = re.compile(f"(?<!不)(?:正确|恰当|妥当|准确|合法|成立|符合[^，。；？！]*){_ASKS}{_TAIL}")
_SENTENCE_END = re.compile("[。！？；?!;\n]")
_CATCH_ALL = re.compile(
    "(?:以上|上述|前述|前面)?.{0,4}(?:都|均|皆|全部?)(?:不|非)?(?:对|是|正确|错误?|可以?|属于|包括|应当|需要|非|不是|不对)"
)
_CATCH_ALL_START = re.compile("以上|上述|前述|前面|[a-f]{2,}|[a-f](?:[、和与,][a-f])+")


def unmarked_negation(stem: str) -> str | None:
    """The word by which a stem asks for the exception without marking it with [[ ]], or None."""
    plain = plain_stem(stem)
    start = _last_sentence(plain)
    match = _EXCEPTION.search(plain, start)
    if match is None or _ASKS_RIGHT.search(plain, start):
        return None
    name = match.lastgroup or "word"
    first, last = match.span(name)
    marked = any(begin < last and first < end for begin, end in emphasised_spans(stem))
    return None if marked else match[name]


def _last_sentence(text: str) -> int:
    """Where the last sentence, the one that asks, begins."""
    end = len(text.rstrip("。！？；?!;：: \n（）()"))
    return max((match.end() for match in _SENTENCE_END.finditer(text, 0, end)), default=0)


def is_catch_all(option: str) -> bool:
    """Whether an option is 「以上都对」, 「以上皆非」, 「A、B 都正确」 or the like."""
    text = fold(option)
    return bool(_CATCH_ALL_START.match(text) and _CATCH_ALL.fullmatch(text))


def question_problems(
    question: Question, source: SourceItem, where: tuple[str | int, ...]
) -> Iterator[Problem]:
    """Defects of wording of one question; `where` leads from the item to it (a part of a case)."""
    if is_broken(question.stem):
        yield source.problem("markup_broken", *where, "stem")
    if len(plain_stem(question.stem)) > STEM_CHARS:
        yield source.problem("stem_long", *where, "stem", count=len(plain_stem(question.stem)))
    if len(question.explanation) < EXPLANATION_CHARS:
        yield source.problem("explanation_short", *where, "explanation", count=len(question.explanation))
    if "[[" in question.explanation:
        yield source.problem("markup_outside_stem", *where, "explanation", field="explanation")
    if isinstance(question, Single | Multiple):
        yield from _choice_problems(question, source, where)


def _choice_problems(
    question: Single | Multiple, source: SourceItem, where: tuple[str | int, ...]
) -> Iterator[Problem]:
    word = unmarked_negation(question.stem)
    if word is not None:
        yield source.problem("negation_unmarked", *where, "stem", word=word)
    for option, text in question.options.items():
        if is_catch_all(text):
            yield source.problem("option_catch_all", *where, "options", option, option=option)
        if "[[" in text:
            yield source.problem("markup_outside_stem", *where, "options", option, field=option)
    right = [len(text) for option, text in question.options.items() if option in question.key]
    wrong = [len(text) for option, text in question.options.items() if option not in question.key]
    if right and wrong and min(right) > LONGEST_RATIO * max(wrong) + LONGEST_MARGIN:
        yield source.problem("key_longest", *where, "options")
    if isinstance(question, Multiple) and not wrong:
        yield source.problem("all_correct", *where, "key")


def position_problems(topic: ParsedTopic) -> Iterator[Problem]:
    """Whether one letter is the key of too many single-choice items of a file."""
    singles: Sequence[Single] = [entry.item for entry in topic.items if isinstance(entry.item, Single)]
    if len(singles) < POSITION_SINGLES:
        return
    letter, count = Counter(item.key[0] for item in singles).most_common(1)[0]
    if count > POSITION_SHARE * len(singles):
        values = {"singles": len(singles), "count": count, "letter": letter}
        yield Problem("key_positions", topic.file, 1, values=values)


def bank_problems(topics: Sequence[ParsedTopic]) -> Iterator[Problem]:
    """What a candidate could learn from the bank as a whole without knowing any law.

    These belong to no file: `file` is "" and `line` 0.
    """
    questions = [question for topic in topics for entry in topic.items for question in _questions(entry)]
    yield from _key_is_longest([question for question in questions if isinstance(question, Single)])
    yield from _uneven_positions([question for question in questions if isinstance(question, Single)])
    yield from _uneven_judgements([question for question in questions if isinstance(question, TrueFalse)])
    yield from _same_number_of_keys([question for question in questions if isinstance(question, Multiple)])


def _questions(entry: SourceItem) -> Sequence[Question]:
    return entry.item.parts if isinstance(entry.item, Case) else (entry.item,)


def _key_is_longest(singles: Sequence[Single]) -> Iterator[Problem]:
    """How often the key is strictly the longest option: chance alone makes it about a quarter of the items."""
    count = 0
    for item in singles:
        right = [len(text) for option, text in item.options.items() if option in item.key]
        wrong = [len(text) for option, text in item.options.items() if option not in item.key]
        count += bool(right and wrong and min(right) > max(wrong))
    low, high = LONGEST_SHARE
    if len(singles) >= BANK_SINGLES and not low * len(singles) <= count <= high * len(singles):
        values = {"singles": len(singles), "count": count, "share": f"{100 * count / len(singles):.0f}"}
        yield Problem("bank_key_longest", "", 0, values=values)


def _uneven_positions(singles: Sequence[Single]) -> Iterator[Problem]:
    """A letter that is the key much more, or much less, often than the others."""
    keys = Counter(item.key[0] for item in singles if len(item.options) == 4)
    total, (low, high) = sum(keys.values()), POSITION_SHARES
    for letter in "ABCD" if total >= BANK_SINGLES else "":
        if not low * total <= keys[letter] <= high * total:
            values = {"singles": total, "count": keys[letter], "letter": letter, "share": f"{100 * keys[letter] / total:.0f}"}
            yield Problem("bank_key_positions", "", 0, values=values)


def _uneven_judgements(judgements: Sequence[TrueFalse]) -> Iterator[Problem]:
    """True statements much more, or much less, often than false ones."""
    count, total, (low, high) = sum(item.key for item in judgements), len(judgements), TRUE_SHARE
    if total >= BANK_JUDGEMENTS and not low * total <= count <= high * total:
        values = {"judgements": total, "count": count, "share": f"{100 * count / total:.0f}"}
        yield Problem("bank_judgements", "", 0, values=values)


def _same_number_of_keys(multiples: Sequence[Multiple]) -> Iterator[Problem]:
    if len(multiples) < BANK_MULTIPLES:
        return
    keys, count = Counter(len(set(item.key)) for item in multiples).most_common(1)[0]
    if count > SAME_COUNT_SHARE * len(multiples):
        values = {"multiples": len(multiples), "count": count, "keys": keys}
        yield Problem("bank_key_count", "", 0, values=values)
