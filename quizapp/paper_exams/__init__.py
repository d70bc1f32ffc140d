"""Exams held on paper: results come in by a template."""
