"""A second opinion: the receivables rules worked out again in plain Python, sharing no code."""
