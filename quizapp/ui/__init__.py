"""Layouts, component macros, tokens, typed pages and tables."""
