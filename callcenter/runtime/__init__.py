"""Asyncio without vendors: turns, journal, timers, recovery, projector, fan-out."""
