"""Measurements of the whole service: ``callcenter bench NAME``.

``setup`` compares call set-up with Asterisk's own app_queue on one Asterisk, ``pop`` measures how
soon the agent's page knows of a call, ``estimate`` how right expected waits are. Results are
``figures.Figure``; docs/performance.md explains them. Load goes to this machine only, in bounded
runs.
"""
