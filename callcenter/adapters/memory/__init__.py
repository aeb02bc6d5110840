"""Ports in memory: shipped, used by tests, the demo and the simulation."""
