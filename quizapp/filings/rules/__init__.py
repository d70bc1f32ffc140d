"""What a filing says and how it may be compared: pure functions."""
