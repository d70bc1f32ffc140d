"""Who decides, to whom one applies, who must agree: a body left blank, other bodies of the law beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.law import Law
from quizapp.questions.rules.generation.making import choice
from quizapp.questions.rules.generation.organs import Mention, mentions_in
from quizapp.questions.rules.generation.passages import Passage, Reading
from quizapp.questions.rules.generation.rivals import drawn, other_bodies
from quizapp.questions.rules.generation.shapes import Candidate, Refusal
from quizapp.questions.rules.generation.standing import is_told
from quizapp.questions.rules.generation.wishes import is_common_duty


def body_candidates(law: Law, reading: Reading) -> Iterator[Candidate | Refusal]:
    """At most one candidate for each sentence."""
    for place, passage in enumerate(law.passages[reading.number]):
        if isinstance(passage, str):
            yield Refusal("body", passage)
            continue
        yield _of_passage(law, passage, place)


def _of_passage(law: Law, passage: Passage, place: int) -> Candidate | Refusal:
    rng = law.rng(passage.reading.number, "body", place)
    mentions = askable_bodies(law, passage)
    rng.shuffle(mentions)
    result: Candidate | Refusal = Refusal("body", "nothing_to_ask")
    for mention in mentions:
        others = other_bodies(law, passage, mention)
        rng.shuffle(others)
        others.sort(key=lambda found: abs(len(found.word.text) - len(mention.text)) > 6)
        wrong = drawn(others, rng)
        lead = passage.lead if mention.text not in passage.lead else phrases.lead_of(law.name, (), "")
        stem = lead + passage.text[: mention.start] + phrases.BLANK + passage.text[mention.end :]
        result = choice(
            "body",
            stem,
            [mention.text],
            {
                found.word.text: phrases.other_body(law.name, found.article, found.word.text)
                for found in wrong
            },
            passage.proof,
            explanation=phrases.body_is(law.name, passage.reading.number, mention.text, mention.role),
            difficulty=2,
            rng=rng,
        )
        if isinstance(result, Candidate):
            return result
    return result


def askable_bodies(law: Law, passage: Passage) -> list[Mention]:
    """The bodies of the sentence itself that it names once, and of which it says more than a good wish."""
    return [
        mention
        for mention in mentions_in(passage.text)
        if passage.target <= mention.start < passage.end
        and passage.text.count(mention.text) == 1
        and not (mention.role == "subject" and mention.text == law.main_actor)
        and not passage.text.startswith("不得", mention.end)  # others may not do it either
        and not (mention.role == "subject" and is_common_duty(passage.text[mention.end :]))
        and not is_told(mention.text, passage.text)
        and not _only_one_could(mention, passage.text[mention.end :])
    ]


def _only_one_could(mention: Mention, after: str) -> bool:
    """Nobody but a court is sued in, tries and judges: nothing to ask."""
    return mention.text.endswith("法院") and bool(re.match("[^，。]{0,24}(?:诉|审理|判决|裁定|审判)", after))
