"""Every SELECT of the reports: `exam` for one exam, `year` for the ledger."""
