"""The rules of people, pure: passwords and sign-in, who may act on whom, reading a roster."""
