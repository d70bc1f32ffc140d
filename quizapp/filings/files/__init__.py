"""The five files that are made of one filing, each from its content alone."""
