"""What would happen if: days of the real routing on a virtual clock, drawn from a scenario.

``callcenter simulate`` reads a scenario (``reading``; queues and pools by the service's own
reader), makes of it what is run (``building``, ``scenario``), draws days of callers (``crowd``,
``recorded``), lets the pools of ``callcenter.core.acd`` route them (``day``), measures each day
(``measures``) and says how sure the means are (``intervals``, ``runs``, ``report``).
docs/simulate.md is the manual.
"""
