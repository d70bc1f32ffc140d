"""Holding a sitting: the invigilator's board, extra time and pauses, notes, answers that came in as a file."""
