"""Exam settings, roster snapshot, excuses and make-up."""
