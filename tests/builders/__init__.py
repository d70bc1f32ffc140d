"""Small functions that make real rows for tests."""
