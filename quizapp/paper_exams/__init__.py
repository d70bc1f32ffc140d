"""Exams held on paper: their results, read from a sheet into the same ledger."""
