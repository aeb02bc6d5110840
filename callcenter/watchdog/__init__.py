"""``callcenter watchdog``: looks after the callers of a service that is dead or frozen.

A process of its own that shares nothing with the service: no event socket, no journal, no database,
nothing of the runtime. What it knows it reads from the PBX at each look, so it can be started,
stopped and killed at any time.

``sight`` is what it sees, ``judgement`` what follows (pure), ``rounds`` looks and acts.
"""
