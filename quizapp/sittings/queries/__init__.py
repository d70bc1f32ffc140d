"""Reading what goes on in a sitting: a module per subject."""
