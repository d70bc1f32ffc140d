"""Items that say nearly the same: compared character by character over stem and options."""

from collections.abc import Iterator, Sequence

from quizapp.kernel.text import fold
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.schema import Case, Item, Multiple, Single

NEAR_DUPLICATE = 85.0  # per cent of characters in common (indel ratio)


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

    Only pairs that can be that alike are compared. The ratio allows (1 - t) * (a + b) insertions and deletions;
    a deletion breaks two pairs of neighbouring characters of the shorter text and an insertion one, so that at most
    0.45 of its length may be broken at t = 0.85: one of its rarest pairs beyond that number is in the longer text.
    """
    from rapidfuzz import fuzz  # pages that compare nothing do without it

    pairs = [_pairs(text) for text in texts]
    places: dict[str, list[int]] = {}
    for index, found in enumerate(pairs):
        for pair in found:
            places.setdefault(pair, []).append(index)
    lost = 1 - threshold / 100
    for index, text in enumerate(texts):
        enough = int(3 * lost * len(text)) + 1
        rarest = sorted(pairs[index], key=lambda pair: (len(places[pair]), pair))[:enough]
        # a very short text may have all its pairs broken and still be alike: it is compared with every other
        near = {n for pair in rarest for n in places[pair]} if len(rarest) == enough else set(range(len(texts)))
        for other in near:
            longer = (len(texts[other]), other) > (len(text), index)
            if longer and 200 * len(text) >= threshold * (len(text) + len(texts[other])):
                score = fuzz.ratio(text, texts[other], score_cutoff=threshold)
                if score >= threshold:
                    yield min(index, other), max(index, other), score


def _pairs(text: str) -> frozenset[str]:
    """The distinct pairs of neighbouring characters; of a single character, itself."""
    return frozenset(text[place : place + 2] for place in range(len(text) - 1)) or frozenset(text)
