"""callcenter turns an Asterisk PBX into a contact centre with a CRM behind it.

The map. Dependencies point one way:

    wiring -> adapters, simulation -> runtime -> ports -> core -> ivr_flows
              adapters -> crm_store      (ivr_flows and crm_store know nobody)

    core        pure decisions: acd (who gets the call), call (one call), centre (both in one turn);
                why (their reasons in sentences)
    ports       Protocols and their vocabulary, in our own words
    runtime     asyncio without vendors: turns, journal, timers, recovery, projector, fan-out
    adapters    ari, sql, web, memory: they translate and decide nothing
    simulation  a model of Asterisk, seeded callers and agents, the Erlang formulas

Five words:

    Input       something happened outside (``CallerGone``)
    Fact        what we record because of it (``CallEnded``): past tense, journaled, reported
    Effect      what we ask of the world (``RingAgent``): imperative
    Deadline    when the state wants to be woken, computed from it, never started or cancelled
    Port        a Protocol through which effects leave and inputs arrive
"""
