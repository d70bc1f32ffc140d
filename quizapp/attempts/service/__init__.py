"""Every write on the attempt side. The session comes from outside; nothing here commits.

`preparing` makes papers, `starting` begins and hands over, `saving` saves, `finishing` closes and marks, `results`
counts, `sealing` puts receipts into the audit chain, `noting` keeps notes.
"""

from quizapp.attempts.service.breaks import end_break, take_break
from quizapp.attempts.service.finishing import (
    HandedIn,
    MissingAnswersError,
    StandsStillError,
    finish_overdue,
    hand_in,
    mark_answer,
    submit,
)
from quizapp.attempts.service.noting import decide_notes, forget_notes, keep_notes, reply_to_notes
from quizapp.attempts.service.preparing import prepare_for, prepare_papers
from quizapp.attempts.service.results import put_paper_result, recount
from quizapp.attempts.service.saving import Ack, SaveAck, save, save_batch
from quizapp.attempts.service.sealing import seal_receipts
from quizapp.attempts.service.starting import (
    begin,
    check_may_start,
    claim,
    claim_for,
    start,
    take_over,
    why_not,
)

__all__ = [
    "Ack", "HandedIn", "MissingAnswersError", "SaveAck", "StandsStillError", "begin", "check_may_start", "claim",
    "claim_for", "decide_notes", "end_break", "finish_overdue", "forget_notes", "hand_in", "keep_notes",
    "mark_answer", "prepare_for", "prepare_papers", "put_paper_result", "recount", "reply_to_notes", "save",
    "save_batch", "seal_receipts", "start", "submit", "take_break", "take_over", "why_not",
]
