"""One routing pool: its queues, its agents, the callers who wait, and who is offered whom."""
