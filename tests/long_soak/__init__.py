"""Hours of real calls with a fault a minute: ``make soak HOURS=8``.

The whole program in a process of its own on a real Asterisk, real SIP phones with real media,
agents with their pages, and the faults of ``make chaos`` drawn from a seed. It is among the tests
and not in ``callcenter/soak`` (the simulated days) because it needs the tests' Asterisk, phones and
proxy, which are not installed with the program. It is no pytest because it runs for hours and
reports each minute; ``test_short_run`` runs two minutes of it with the other faults.

    plan      what is drawn from the seed: callers and faults (pure)
    media     sound for all phones from one clock, stamped by the kernel
    crowd     callers: dial, press, talk, lose patience
    floor     agents: a phone and a page each, and what they are stuck in
    faults    carries the faults out
    priority  lets all this come before what else the machine does
    ground    Asterisk, proxy, service, phones: built and taken down
    figures   memory, lag, sizes; slopes and quantiles (pure)
    silences  gaps in talks: of one call, or of the whole machine (pure)
    oracles   what must hold of each call (pure)
    ledger    the stored records, and the audit against Asterisk's own ledger
    watch     looks every minute, and at the end
"""
