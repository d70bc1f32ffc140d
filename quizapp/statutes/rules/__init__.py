"""Pure rules of the law library: reading texts, numbering articles, fingerprints."""
