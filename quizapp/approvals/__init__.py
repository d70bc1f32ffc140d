"""Two persons for what one alone must not do: one proposes, another agrees, and only then is it done."""
