"""The parts of the Asterisk model: state, events, channels, bridges, playbacks, dialplan, REST.

The model speaks Asterisk's own language (channel, Stasis, ARI), because it stands for Asterisk. It
is pure of wall time and of asyncio: a scheduler and a seeded Random come from outside. What it does
was measured on Asterisk 22.10.1; docstrings name the rule, not the run.
"""
