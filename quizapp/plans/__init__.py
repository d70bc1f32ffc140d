"""The yearly law-study plan, read from a report."""
