"""The database as the checker wants it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, AnswerEvent
from quizapp.attempts.models import Attempt as Stored
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.receipt import receipt
from quizapp.attempts.rules.responses import shown
from quizapp.audit import queries as audit
from quizapp.audit.rules import first_break
from quizapp.exams.models import Exam
from tests.faults.history import Head, value_of
from tests.faults.record import Attempt, Held, Logged, Record
