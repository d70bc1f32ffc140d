"""Pure rules of an attempt: layout, responses, the save protocol, progress, what counts, the receipt."""
