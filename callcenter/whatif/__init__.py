"""What would happen if: days of the real routing on a virtual clock, drawn from a scenario.

``callcenter simulate`` reads a scenario (``forms``, ``reading``: queues and pools by the same reader
as the service's), draws days of callers (``crowd``, ``recorded``) and agents (``staff``), lets the
pools of ``callcenter.core.acd`` route them (``day``), measures each day (``measures``) and says how sure
the means are (``intervals``, ``runs``). docs/simulate.md is the manual.
"""
