"""A deterministic synthetic world: invented companies, what they do, and what each system says of it."""
