"""Exactly what each page may use: one module per page."""
