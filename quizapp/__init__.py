"""Exam platform for law study in government offices."""

__version__ = "0.1.0"
