"""What the pages of the bank may use."""
