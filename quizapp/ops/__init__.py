"""Health, first administrator, demo, serving."""
