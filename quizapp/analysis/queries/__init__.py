"""Reading for the analysis: the sums behind the statistics, samples of whole papers, and what is stored."""
