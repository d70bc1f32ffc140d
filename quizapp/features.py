"""The features, lowest first. The app factory, the migrations and the architecture test read this list."""

from __future__ import annotations

FEATURES: tuple[str, ...] = (
    "ui",
    "audit",
    "jobs",
    "people",
    "approvals",
    "statutes",
    "questions",
    "plans",
    "papers",
    "exams",
    "attempts",
    "sittings",
    "rosters",
    "marking",
    "paper_exams",
    "records",
    "analysis",
    "coverage",
    "reports",
    "filings",
    "privacy",
    "ops",
    "home",
)
