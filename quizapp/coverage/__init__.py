"""Which articles of law are taught, asked and answered wrongly, and what next year should hold."""
