"""Every write on the attempt side. The session comes from outside; nothing here commits.

`starting` begins and hands over, `saving` is the hot path, `finishing` closes and marks, `results` counts.
"""

from quizapp.attempts.service.finishing import MissingAnswersError, finish_overdue, mark_answer, submit
from quizapp.attempts.service.results import put_paper_result, recount
from quizapp.attempts.service.saving import Ack, SaveAck, save_batch
from quizapp.attempts.service.starting import check_may_start, claim, start, take_over

__all__ = [
    "Ack", "MissingAnswersError", "SaveAck", "check_may_start", "claim", "finish_overdue", "mark_answer", "put_paper_result", "recount",
    "save_batch", "start", "submit", "take_over",
]
