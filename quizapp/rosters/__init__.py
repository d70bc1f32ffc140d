"""What happens to a roster after publishing: excuse and deferral as a workflow, late additions, removals."""
