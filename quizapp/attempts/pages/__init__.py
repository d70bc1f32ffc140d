"""What the candidate's pages may use: one module per page."""
