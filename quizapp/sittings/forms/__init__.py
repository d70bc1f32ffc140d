"""The shapes of what is typed while a sitting is held."""
