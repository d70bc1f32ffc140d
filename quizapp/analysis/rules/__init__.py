"""Pure rules of item analysis: classical statistics from sums, flags, response times, signs of a leak, charts."""
