"""Explanations for the page: of a caller who waits, a call that is over, an agent without calls."""

from callcenter.core.why.explanation import Explanation, Passage, Question, Sentence

WAITING = (2, 3)
"""Calls of the floor, by number, that wait."""
_WHY = (
    Passage(
        "Why the caller still waits",
        (
            Sentence("The caller needs french 3, prefers tax."),
            Sentence("None of the 4 agents who may take the call is free."),
            Sentence(
                "Callers who go first and wait for the same agents: 2 in Billing, 1 in Sales."
            ),
        ),
    ),
    Passage(
        "Who may take the call",
        (
            Sentence("Bruno Keller is in a call, for 3 min 20 s."),
            Sentence("Chiara Romano is in after-call work, for 40 s more at most."),
            Sentence("David Osei is paused (lunch), for 12 min."),
            Sentence("Elif Demir is left out, for 8 s more at most: the phone did not ring."),
            Sentence("Three agents of the queue have less than french 3."),
        ),
    ),
    Passage(
        "What comes next",
        (
            Sentence("Expected: 1 min 10 s to 3 min 40 s more."),
            Sentence("In 25 s: french 1 will do; two agents more may take the call then."),
            Sentence("In 1 min 5 s: the caller goes on to queue support, if at a place behind 5."),
            Sentence("In 8 min 35 s: the longest wait of the queue is over."),
        ),
    ),
)

_CHOICE = (
    "Three agents who may take the call were free; the queue asks first: "
    "who has waited longest for a call.",
    "Two agents were in a call or being rung: Bruno Keller and Chiara Romano.",
    "One agent was paused: David Osei.",
    "Three agents of the queue had less than french 3.",
    "14 agents did not work this queue.",
)


def of_call(call_id: str, now: int) -> Explanation:
    """Return why a call on the floor waits, or why one of the list went where it went."""
    way = (
        Sentence("The call came in on Customer line.", now - 150_000),
        Sentence("The caller is served by the flow main.", now - 150_000),
        Sentence("The CRM knows of the caller: tier gold, language fr.", now - 149_000),
        Sentence("The caller chose in the menu: main_menu: 2.", now - 141_000),
        Sentence(
            "The caller came to the queue Billing.",
            now - 140_000,
            ("Priority 2.", "The caller needs french 3, prefers tax."),
        ),
        Sentence("Offer 1 went to Anna Becker, whose phone rings.", now - 60_000, _CHOICE),
        Sentence(
            "Anna Becker did not answer.", now - 40_000, ("Anna Becker is left out for 10 s.",)
        ),
    )
    if int(call_id, 16) in WAITING:
        headline = "The caller waits in Billing, at place 3 of 7, for 2 min 20 s."
        came = Passage("How the call came here", way)
        return Explanation(Question.WAITING, call_id, now, headline, (*_WHY, came))
    headline = "The call went to Anna Becker, and is over: an agent had talked with the caller."
    came = Passage("How it came there", way)
    return Explanation(Question.THERE, call_id, now, headline, (came,))


def of_agent(agent_id: str, now: int) -> Explanation:
    """Return why a free agent gets no calls."""
    passages = (
        Passage(
            "The agent",
            (
                Sentence("Is free, for 4 min 10 s: a call is offered as soon as there is one."),
                Sentence("A page is connected."),
                Sentence("The phone is PJSIP/1001."),
                Sentence("Skills: french 2 and tax 4."),
            ),
        ),
        Passage(
            "Queues",
            (
                Sentence(
                    "Billing (level 1): two callers waiting.",
                    more=(
                        "Two callers: french 3 is needed, and this agent has 2.",
                        "Nobody is asked first; the order is: by level, then who has waited "
                        "longest for a call.",
                    ),
                ),
                Sentence(
                    "Sales (level 2): no callers waiting.",
                    more=(
                        "Three free agents will be asked first; the order is: by level, then "
                        "who has waited longest for a call.",
                    ),
                ),
            ),
        ),
    )
    headline = "Dana Okafor is free, and nobody waits whom they may take."
    return Explanation(Question.NO_CALLS, agent_id, now, headline, passages)
