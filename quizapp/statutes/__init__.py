"""The law library: laws, their versions and articles, and what changes between versions."""
