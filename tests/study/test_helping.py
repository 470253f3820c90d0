"""Which questions are alike, and who may say what solved one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.ids import GroupId, PersonId, QuestionId
from bot.study import helping
from bot.study.questions import Question, QuestionState

NOW = datetime(2027, 1, 11, 17, tzinfo=UTC)


def question(text: str, state: QuestionState = QuestionState.OPEN, details: str = "") -> Question:
    return Question(QuestionId(1), GroupId(1), PersonId(1), text, state, NOW, details)


def texts(found: list[Question]) -> list[str]:
    return [one.text for one in found]


def test_questions_are_alike_when_they_share_their_longer_words() -> None:
    found = [question("How do I export a function"), question("How do I name it"), question("Exporting functions")]

    assert texts(helping.alike("How do I export my function?", found)) == ["How do I export a function"]


def test_a_question_of_short_words_is_like_all_that_were_found() -> None:
    assert len(helping.alike("Why is it so", [question("Why so"), question("Is it")])) == 2


def test_solved_questions_come_first_and_taken_back_ones_never() -> None:
    found = [
        question("open"),
        question("gone", QuestionState.WITHDRAWN),
        question("answered", QuestionState.ANSWERED),
        question("accepted", QuestionState.ACCEPTED),
    ]

    assert texts(helping.solved_first(found)) == ["accepted", "answered", "open"]


@given(st.text(), st.lists(st.builds(question, st.text(), st.sampled_from(QuestionState), st.text()), max_size=5))
def test_what_is_alike_was_found_and_can_be_read(words: str, found: list[Question]) -> None:
    close = helping.alike(words, found)

    assert all(one in found and one.state is not QuestionState.WITHDRAWN for one in close)


@given(st.text(min_size=1), st.text(min_size=1))
def test_somebody_elses_words_are_known_again(words: str, author: str) -> None:
    assert helping.is_quoted(question("x", details=helping.quoted(words, author)))


def test_ones_own_details_are_no_quotation() -> None:
    assert not helping.is_quoted(question("x", details="I tried “let”.\n— but no"))
    assert not helping.is_quoted(question("x"))


def test_a_mentor_may_say_what_helped_after_seven_days_exactly() -> None:
    asked = question("Why")

    assert helping.may_decide(asked, PersonId(1), guide=False, now=NOW)
    assert not helping.may_decide(asked, PersonId(2), guide=True, now=NOW + timedelta(days=7, microseconds=-1))
    assert helping.may_decide(asked, PersonId(2), guide=True, now=NOW + timedelta(days=7))
    assert not helping.may_decide(asked, PersonId(2), guide=False, now=NOW + timedelta(days=70))
