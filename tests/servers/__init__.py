"""Real servers that tests start for themselves, on the loopback address: a directory and an OpenID provider."""
