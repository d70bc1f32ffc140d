"""How much may be said about a question, and what a key may be. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from quizapp.kernel.errors import InputError
from quizapp.questions.rules.marking import TRUE_FALSE, Key

REASON_CHARS = 500
ANSWER_CHARS = 500
BASIS_CHARS = 200
LEAST = 5
MOST = 2  # challenges by one person to one question
VARIANTS, VARIANT_CHARS = 10, 50


def checked_words(text: str, most: int, least: int = LEAST) -> str:
    """What somebody wrote, without controls and blanks around it. Raises InputError for too few or too many characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join("".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")) for line in lines)
    found = kept.strip()
    if len(found) < least:
        raise InputError("请写清楚，至少 %(n)s 个字", n=least)
    if len(found) > most:
        raise InputError("最多 %(most)s 个字，请写短一些", most=most)
    return found


def checked_key(kind: str, options: Collection[str], blanks: int, typed: Sequence[str]) -> Key:
    """What was chosen or typed as the new key -> as questions.rules.marking takes it. Raises InputError.

    `typed`: option ids; "true" or "false"; or one line for each blank, its variants apart by /.
    """
    match kind:
        case "single" | "multiple":
            chosen = tuple(sorted(set(typed)))
            if not set(chosen) <= set(options):
                raise InputError("这道题没有这个选项，请重新选")
            if not chosen or (kind == "single" and len(chosen) != 1):
                raise InputError("请选 1 个答案" if kind == "single" else "请至少选 1 个答案")
            return chosen
        case "true_false":
            if len(typed) != 1 or typed[0] not in TRUE_FALSE:
                raise InputError("请选“正确”或者“错误”")
            return (typed[0],)
        case "fill":
            return _fills(blanks, typed)
        case _:
            raise InputError("简答题没有标准答案可改：改分请从“已评的作答”提出，或者作废这道题")


def _fills(blanks: int, typed: Sequence[str]) -> Key:
    key = tuple(tuple(dict.fromkeys(one.strip() for one in line.replace("／", "/").split("/") if one.strip())) for line in typed)
    if len(key) != blanks or not all(key):
        raise InputError("这道题有 %(n)s 个空，请每个空写答案，几种写法用 / 隔开", n=blanks)
    if any(len(variants) > VARIANTS or max(map(len, variants)) > VARIANT_CHARS for variants in key):
        raise InputError("每个空最多 %(n)s 种写法，每种最多 %(chars)s 个字", n=VARIANTS, chars=VARIANT_CHARS)
    return key
