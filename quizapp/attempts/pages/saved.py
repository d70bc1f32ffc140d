"""What the script of the exam page is told about a save."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from quizapp.attempts.service import SaveAck


def saved(ack: SaveAck, now: datetime) -> dict[str, Any]:
    """`rejected` is empty: whoever found something to reject says why, in the reader's language."""
    return {
        "acks": [{"q": a.q, "seq": a.seq, "hash": a.hash} for a in ack.acks],
        "rejected": [],
        "server_time": now.isoformat(), "deadline": ack.deadline_at.isoformat(),
        "paused": ack.paused_at.isoformat() if ack.paused_at else None,
        "saved_at": ack.saved_at.isoformat() if ack.saved_at else None,
    }
