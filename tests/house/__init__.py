"""The house rules: what holds for every file, checked without a network and in seconds."""
