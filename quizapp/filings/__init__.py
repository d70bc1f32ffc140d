"""Reports as they were handed in: kept, numbered, versioned and sealed."""
