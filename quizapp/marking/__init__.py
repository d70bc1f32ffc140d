"""Marking short answers by hand, without knowing whose they are."""
