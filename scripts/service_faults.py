"""Faults planted in the whole service, for the simulated days to find; see ``scripts.mutants``."""

from scripts.planted_faults import EVOLVING, POOL, Fault

FOLDING = "callcenter/runtime/folding.py"
NODE = "callcenter/runtime/node.py"
RECONCILE = "callcenter/runtime/reconcile.py"

SERVICE_FAULTS = (
    Fault(
        "fold_dropped",
        "An offer that is over is not forgotten when it is folded.",
        EVOLVING,
        """    offer = pool.offers.pop(fact.offer_id)
""",
        """    offer = pool.offers[fact.offer_id]
""",
        seeds=20,
    ),
    Fault(
        "wrap_up_for_ever",
        "The deadline of the after-call work is forgotten.",
        POOL,
        "            return agent.wrap_up_until\n",
        "            return None\n",
        seeds=20,
    ),
    Fault(
        "let_go_too_early",
        "Effects do not wait until their facts are durable.",
        NODE,
        "            self._journal.append(entries, release)",
        """            release()
            self._journal.append(entries, lambda: None)""",
        seeds=20,
    ),
    Fault(
        "number_given_twice",
        "After a restart calls are numbered from the last open one.",
        FOLDING,
        "    centre.last_number = max(centre.last_number, last_number)\n",
        "",
        seeds=20,
    ),
    Fault(
        "repair_skipped",
        "After a restart what is wanted and absent is not made.",
        RECONCILE,
        "        yield from steps\n",
        "",
        seeds=40,
    ),
    Fault(
        "left_over",
        "After a restart legs that nobody wants are left alone.",
        RECONCILE,
        "        if leg.leg_id in legs:\n",
        "        if leg.leg_id in legs or leg.leg_id:\n",
        seeds=60,
    ),
)
