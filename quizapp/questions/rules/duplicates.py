"""Items that say nearly the same: compared character by character over stem and options."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from quizapp.kernel.text import fold
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.schema import Case, Item, Multiple, Single

NEAR_DUPLICATE = 92.0  # per cent of characters in common (indel ratio)


def comparable(item: Item) -> str:
    """What a candidate reads of an item, folded; the order of options does not count."""
    if isinstance(item, Case):
        return "\n".join([fold(item.material), *(comparable(part) for part in item.parts)])
    lines = [fold(plain_stem(item.stem))]
    if isinstance(item, Single | Multiple):
        lines += sorted(fold(text) for text in item.options.values())
    return "\n".join(lines)


def near_duplicates(
    texts: Sequence[str], threshold: float = NEAR_DUPLICATE
) -> Iterator[tuple[int, int, float]]:
    """Pairs (earlier, later index, similarity in per cent) at or above `threshold`.

    Two texts can only be that alike when their lengths are: 2·short / (short + long) bounds the ratio, so a
    walk in order of length leaves out most pairs.
    """
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for place, first in enumerate(order):
        short = len(texts[first])
        for second in order[place + 1 :]:
            if 200 * short < threshold * (short + len(texts[second])):
                break
            score = fuzz.ratio(texts[first], texts[second], score_cutoff=threshold)
            if score >= threshold:
                yield min(first, second), max(first, second), score
