"""Plants faults in the core, one at a time, and sees whether the tests notice.

An invariant that has never caught a planted fault is decoration. Each fault is a replacement of
text in a copy of the tree; first the invariant machine alone is run against it, then, if it was
not caught, the example tests. The text must be there exactly once: a fault that does not fit the
code any more is an error, not a survivor.

    python scripts/mutants.py [--json] [--seed N] [--only NAME]

Exits with 1 if a fault survives or if fewer than ten are caught by the invariants alone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("callcenter", "ivr_flows", "tests/__init__.py", "tests/core", "tests/support")
INVARIANTS = ("tests/core/test_invariants.py",)
EXAMPLES = ("tests/core", "--ignore=tests/core/test_invariants.py")
LEAST_BY_INVARIANTS = 10
TIME_LIMIT_S = 120

DECIDE = "callcenter/core/acd/decide.py"
POOL = "callcenter/core/acd/pool.py"
MODEL = "callcenter/core/acd/model.py"
MATCHER = "callcenter/core/acd/matcher.py"
AGENDA = "callcenter/core/agenda.py"
CENTRE = "callcenter/core/centre.py"
CALL = "callcenter/core/call/decide.py"
CALL_MODEL = "callcenter/core/call/model.py"
AGENT = "callcenter/core/call/agent.py"
FLOW = "callcenter/core/call/flow.py"
WANTED = "callcenter/core/call/wanted.py"


@dataclass(frozen=True)
class Fault:
    """One replacement."""

    name: str
    sentence: str
    file: str
    old: str
    new: str


FAULTS = (
    Fault(
        "caller_lost",
        "A caller who hangs up in the queue is not taken out of the line.",
        CALL,
        """            todo.tells.append(CallWithdrawn(todo.call.arrived.call_id))
            outcome = Outcome.ABANDONED_QUEUE""",
        """            outcome = Outcome.ABANDONED_QUEUE""",
    ),
    Fault(
        "never_closed",
        "A call is not closed when its last after-call work is filed.",
        AGENT,
        """    todo.tells.append(WrapUpDone(event.agent_id, event.call_id))
    close_if_done(todo)""",
        """    todo.tells.append(WrapUpDone(event.agent_id, event.call_id))""",
    ),
    Fault(
        "offered_without_page",
        "An agent without a page is offered calls.",
        MODEL,
        """            and self.page_connected
""",
        "",
    ),
    Fault(
        "skill_ignored",
        "One level too low is good enough.",
        MATCHER,
        "levels.get(skill, 0) >= least for",
        "levels.get(skill, 0) >= least - 1 for",
    ),
    Fault(
        "queue_ignored",
        "Skills alone decide who may take a caller.",
        MATCHER,
        "if queue_id in queues and all(",
        "if all(",
    ),
    Fault(
        "agent_left_idle",
        "An agent whose after-call work is over is not given a waiting caller.",
        DECIDE,
        """        todo.record(WrapUpEnded(todo.now, event.agent_id))
        _agent_is_back(todo, event.agent_id)""",
        """        todo.record(WrapUpEnded(todo.now, event.agent_id))""",
    ),
    Fault(
        "offer_id_repeats",
        "The offers of a call are not counted on.",
        POOL,
        "replace(call, offer_id=fact.offer_id, attempts=fact.attempt)",
        "replace(call, offer_id=fact.offer_id)",
    ),
    Fault(
        "hidden_change",
        "The pool is changed beside the facts: the deciding pool forgets a rest.",
        DECIDE,
        """    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
""",
        """    agent = todo.pool.agents.get(offer.agent_id)
    if agent is not None and agent.rest_until is not None:
        from dataclasses import replace
        todo.pool.put_agent(replace(agent, rest_until=None))
    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
""",
    ),
    Fault(
        "idlest_last",
        "Of the free agents the one who was idle for the shortest time is asked.",
        MATCHER,
        """        heads = [self._profile_list[i].free[0] for i in _bits(mask)]
        return min(heads)[1]""",
        """        heads = [self._profile_list[i].free[-1] for i in _bits(mask)]
        return max(heads)[1]""",
    ),
    Fault(
        "priority_ignored",
        "The order in line is by age alone.",
        MODEL,
        "return (-self.priority, self.entered_at, self.call_number, self.call_id)",
        "return (0, self.entered_at, self.call_number, self.call_id)",
    ),
    Fault(
        "place_lost",
        "A caller whose agent was lost goes to the end of the line.",
        AGENT,
        """            entered_at=queue.at,
""",
        "",
    ),
    Fault(
        "queued_twice",
        "A caller who is in line already may enter it again.",
        CALL,
        """                todo.record(QueueExited(todo.now, event.reason))
                flow.step(todo, QueueLeft(event.reason))""",
        """                todo.record(QueueExited(todo.now, event.reason))
                flow.resume(todo) if not todo.call.follow_up else None
                flow.step(todo, QueueLeft(event.reason))""",
    ),
    Fault(
        "deferred_log_out_lost",
        "A log-out asked for in a call is forgotten after it.",
        DECIDE,
        """    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        _route_agent(todo, agent_id)""",
        """    _route_agent(todo, agent_id)""",
    ),
    Fault(
        "never_in_line",
        "A caller who has to wait is not noted as waiting, and never found again.",
        MATCHER,
        """        insort(call_class.line, call.place)
        self._waiting |= call_class.bit""",
        """        insort(call_class.line, call.place)""",
    ),
    Fault(
        "unstaffed_wait",
        "Callers are left waiting when the last agent who could take them is gone.",
        DECIDE,
        """    todo.record(AgentLoggedOut(todo.now, agent_id, reason))
    _give_up_unstaffed(todo)""",
        """    todo.record(AgentLoggedOut(todo.now, agent_id, reason))""",
    ),
    Fault(
        "stale_deadline",
        "A deadline that was put off still wakes, and the new one does not.",
        AGENDA,
        """        self._at[key] = at
        self._push(key, at)""",
        """        self._at[key] = at
        if not any(entry[2] == key for entry in self._heap):
            self._push(key, at)""",
    ),
    Fault(
        "dead_phone_waits",
        "A phone that never rings is waited for.",
        CALL,
        """        if call.rang_at is None:
            yield call.offer.at + RING_WITHIN_MS""",
        """        if call.rang_at is not None:
            yield call.offer.at + RING_WITHIN_MS""",
    ),
    Fault(
        "prompt_for_ever",
        "A prompt whose end is not reported is waited for, for ever.",
        CALL,
        """    if call.prompt is not None:
        yield call.prompt.at + PROMPT_LIMIT_MS
""",
        "",
    ),
    Fault(
        "handle_left_behind",
        "A playback that is over still leads to its call.",
        CENTRE,
        """        for handle in before:
            self._owner.pop(handle, None)
""",
        "",
    ),
    Fault(
        "speaks_over",
        "A prompt is not stopped before the caller is moved.",
        WANTED,
        """    if actual.room is None or actual.room == goal.room:
        yield StopPrompts""",
        """    if actual.room is not None and actual.room == goal.room:
        yield StopPrompts""",
    ),
    Fault(
        "room_left_over",
        "The waiting room is not dropped after the answer.",
        WANTED,
        "for bridge_id in (actual.room, actual.talk):",
        "for bridge_id in (actual.talk,):",
    ),
    Fault(
        "key_deadline_kept",
        "The deadline of a key lives on in the queue.",
        CALL_MODEL,
        "phase=Phase.QUEUE, queue=fact, prompt=None, key_deadline_at=None)",
        "phase=Phase.QUEUE, queue=fact, prompt=None)",
    ),
    Fault(
        "order_of_coming",
        "Free agents are kept in the order in which they came, not the longest idle first.",
        MATCHER,
        "insort(profile.free, (agent.idle_since, agent.profile.agent_id))",
        "profile.free.append((agent.idle_since, agent.profile.agent_id))",
    ),
    Fault(
        "answered_twice_closed",
        "A talk that ends by a fault records the end twice.",
        AGENT,
        """    todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))
""",
        """    todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))
    if cause:
        todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))
""",
    ),
    Fault(
        "wrong_outcome",
        "A caller for whom the flow opened a request has abandoned.",
        CALL,
        "return Outcome.SELF_SERVED if call.request_count else Outcome.ABANDONED_IVR",
        "return Outcome.ABANDONED_IVR",
    ),
)


@dataclass(frozen=True)
class Finding:
    """What became of a fault."""

    fault: Fault
    caught_by: str
    """"invariants", "examples", or empty for a survivor."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults and print what was caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="of the invariant machine")
    parser.add_argument("--examples", type=int, default=120, help="stories told for each fault")
    parser.add_argument("--only", default="", help="plant only the fault of this name")
    options = parser.parse_args(arguments)
    faults = [fault for fault in FAULTS if options.only in ("", fault.name)]
    if not faults:
        parser.error(f"there is no fault {options.only}; there are: {_names()}")
    findings = list(_findings(faults, options.seed, options.examples))
    survivors = [finding.fault.name for finding in findings if not finding.caught_by]
    by_invariants = [f.fault.name for f in findings if f.caught_by == "invariants"]
    if options.json:
        print(json.dumps(_report(findings)))
    else:
        print(f"{len(findings) - len(survivors)} of {len(findings)} caught,", end=" ")
        print(f"{len(by_invariants)} of them by the invariants alone")
    is_weak = not options.only and len(by_invariants) < LEAST_BY_INVARIANTS
    return int(bool(survivors) or is_weak)


def _findings(faults: Sequence[Fault], seed: int, examples: int) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        sound = Path(folder) / "sound"
        _copy(ROOT, sound)
        if caught := _caught_by(sound, seed, examples):
            raise SystemExit(f"the tests fail without a fault: {caught}")

        def judge(fault: Fault) -> Finding:
            tree = Path(folder) / fault.name
            shutil.copytree(sound, tree)  # with what Python has compiled of it
            _plant(fault, tree)
            finding = Finding(fault, _caught_by(tree, seed, examples))
            shutil.rmtree(tree)
            return finding

        with ThreadPoolExecutor(os.cpu_count()) as workers:
            for finding in workers.map(judge, faults):
                _tell(finding)
                yield finding


def _copy(root: Path, tree: Path) -> None:
    for name in NEEDED:
        source, target = root / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "static", "*.ulaw")
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    shutil.copy(root / "pyproject.toml", tree)


def _plant(fault: Fault, tree: Path) -> None:
    path = tree / fault.file
    text = path.read_text("utf-8")
    found = text.count(fault.old)
    if found != 1:
        raise SystemExit(f"{fault.name}: its text is {found} times in {fault.file}, not once")
    path.write_text(text.replace(fault.old, fault.new), "utf-8")


def _caught_by(tree: Path, seed: int, examples: int) -> str:
    told = {"INVARIANT_EXAMPLES": str(examples)}
    if not _passes(tree, (*INVARIANTS, f"--hypothesis-seed={seed}"), told):
        return "invariants"
    return "" if _passes(tree, EXAMPLES, {}) else "examples"


def _passes(tree: Path, tests: Sequence[str], environ: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    search = {"PYTHONPATH": str(tree)}
    try:
        ended = subprocess.run(
            command,
            cwd=tree,
            env={**os.environ, **search, **environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False  # a fault that makes the core run for ever
    if ended.returncode not in (0, 1):
        raise SystemExit(
            f"pytest could not run {' '.join(tests)}: it ended with {ended.returncode}"
        )
    return ended.returncode == 0


def _tell(finding: Finding) -> None:
    fate = f"caught by the {finding.caught_by}" if finding.caught_by else "SURVIVED"
    print(f"{finding.fault.name:24} {fate:24} {finding.fault.sentence}", file=sys.stderr)


def _report(findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "faults": len(findings),
        "caught": sum(bool(finding.caught_by) for finding in findings),
        "caught_by_invariants": sum(f.caught_by == "invariants" for f in findings),
        "survivors": [finding.fault.name for finding in findings if not finding.caught_by],
        "findings": [
            {
                "name": finding.fault.name,
                "sentence": finding.fault.sentence,
                "caught_by": finding.caught_by,
            }
            for finding in findings
        ],
    }


def _names() -> str:
    return ", ".join(fault.name for fault in FAULTS)


if __name__ == "__main__":
    sys.exit(main())
