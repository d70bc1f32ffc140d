"""The question bank: items, their versions, and how each type is checked and marked."""
