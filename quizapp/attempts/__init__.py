"""Taking a paper: start, save, resume, hand in, run out of time."""
