"""Persons, the unit tree, dated memberships, roles and sign-in."""
