"""What is looked at: the `places` with the `acts` that bring them into another state, and the `watch` that looks at a page."""
