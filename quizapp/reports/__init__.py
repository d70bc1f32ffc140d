"""Participation and pass rates, and the ledger of the year."""
