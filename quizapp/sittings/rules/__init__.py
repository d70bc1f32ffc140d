"""Pure rules of holding a sitting."""
