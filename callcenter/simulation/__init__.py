"""A deterministic model of Asterisk, seeded callers and agents, the Erlang formulas."""
