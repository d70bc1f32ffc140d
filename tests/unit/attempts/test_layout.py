"""The order in which a paper is seen."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quizapp.attempts.rules.layout import OnForm, lay_out, slots
from quizapp.attempts.rules.responses import from_fields, shown, stored

KINDS = ("single", "multiple", "true_false", "fill", "short")


@st.composite
def forms(draw: st.DrawFn) -> list[OnForm]:
    questions: list[OnForm] = []
    for group in range(draw(st.integers(1, 12))):
        parts = draw(st.integers(0, 3))
        for _part in range(max(parts, 1)):
            kind = draw(st.sampled_from(KINDS))
            options = tuple("ABCDEF"[: draw(st.integers(2, 6))]) if kind in ("single", "multiple") else ()
            blanks = draw(st.integers(1, 3)) if kind == "fill" else 0
            section = "case" if parts else kind
            questions.append(OnForm(len(questions) + 1, group, section, kind, options, blanks))
    return questions


@given(forms(), st.uuids(), st.booleans(), st.booleans())
def test_a_layout_has_every_question_once_and_is_the_same_every_time(
    form: list[OnForm], attempt: UUID, questions: bool, options: bool
) -> None:
    layout = lay_out(form, attempt, shuffle_questions=questions, shuffle_options=options)
    assert layout == lay_out(form, attempt, shuffle_questions=questions, shuffle_options=options)
    assert sorted(entry["q"] for entry in layout) == [question.position for question in form]
    by_position = {question.position: question for question in form}
    for slot in slots(layout):
        assert sorted(slot.options) == sorted(by_position[slot.position].options)
        assert slot.kind == by_position[slot.position].kind
    if not questions:
        assert [entry["q"] for entry in layout] == [question.position for question in form]
    if not options:
        assert all(slot.options == by_position[slot.position].options for slot in slots(layout))


@given(forms(), st.uuids())
def test_sections_and_cases_stay_together(form: list[OnForm], attempt: UUID) -> None:
    layout = slots(lay_out(form, attempt, shuffle_questions=True, shuffle_options=True))
    by_position = {question.position: question for question in form}
    for key in ("section", "group"):
        values = [getattr(by_position[slot.position], key) for slot in layout]
        runs = [value for index, value in enumerate(values) if index == 0 or values[index - 1] != value]
        assert len(runs) == len(set(runs))
    for group in {question.group for question in form}:
        placed = [slot.position for slot in layout if by_position[slot.position].group == group]
        assert placed == sorted(placed)


def test_attempts_see_different_orders() -> None:
    form = [OnForm(position, position, "single", "single", tuple("ABCD")) for position in range(1, 21)]
    orders = {
        tuple(entry["q"] for entry in lay_out(form, UUID(int=seed), shuffle_questions=True, shuffle_options=True))
        for seed in range(5)
    }
    assert len(orders) == 5


@given(forms(), st.uuids(), st.data())
def test_a_response_comes_back_as_it_was_given(form: list[OnForm], attempt: UUID, data: st.DataObject) -> None:
    slot = data.draw(st.sampled_from(slots(lay_out(form, attempt, shuffle_questions=True, shuffle_options=True))))
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
    match slot.kind:
        case "single":
            given_answer = [str(data.draw(st.integers(1, len(slot.options))))]
        case "multiple":
            places = data.draw(st.sets(st.integers(1, len(slot.options))))
            given_answer = [str(place) for place in sorted(places)]
        case "true_false":
            given_answer = [data.draw(st.sampled_from(["true", "false"]))]
        case "fill":
            given_answer = data.draw(st.lists(texts, min_size=slot.blanks, max_size=slot.blanks))
        case _:
            given_answer = [data.draw(texts)]
    kept = stored(slot, given_answer)
    if any(text.strip() for text in given_answer):
        assert shown(slot, kept) == given_answer
        assert stored(slot, from_fields(slot, given_answer)) == kept
    else:
        assert kept == []
