"""What a running service holds: how full its containers are, and how many of its objects live.

A walk from the service's parts along their attributes, into containers, bound methods and partials.
It goes only into what the service is made of: the world that the simulation puts around it (the
PBX, the disk, the people) remembers everything on purpose.
"""

import gc
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from types import MethodType
from typing import Any

_OURS = "callcenter."
_WORLD = ("callcenter.simulation", "callcenter.soak", "callcenter.adapters.memory")


def container_sizes(*roots: object, closed: Collection[type] = ()) -> Counter[str]:
    """Return how many elements the service's containers have, by whose they are.

    Containers of one attribute of one class are added up: "Topic.table" is all topics' tables, and
    what is within those belongs to "Topic.table[]".

    Args:
        roots: Where to begin.
        closed: Classes whose instances are not looked into.
    """
    found: Counter[str] = Counter()
    seen: dict[int, object] = {}
    waiting = [(type(root).__name__, root) for root in roots]
    while waiting:
        name, thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, (str, bytes, type, *closed)):
            continue
        seen[id(thing)] = thing  # kept, so that its id is nobody else's
        if isinstance(thing, Collection):
            found[name] += len(thing)
        waiting.extend(_within(name, thing))
    return found


def living(*packages: str, without: Collection[str] = ()) -> Counter[str]:
    """Return how many instances of the classes of some packages there are, by class.

    Args:
        packages: Modules or packages, each with all within.
        without: Those within that are left out.
    """
    gc.collect()
    kinds = Counter(type(thing) for thing in gc.get_objects())
    named = {(str(kind.__module__), kind.__qualname__): count for kind, count in kinds.items()}
    return Counter(
        {
            f"{module}.{name}": count
            for (module, name), count in named.items()
            if module.startswith(packages) and not module.startswith(tuple(without))
        }
    )


def _within(name: str, thing: Any) -> Iterator[tuple[str, object]]:
    if isinstance(thing, Mapping):
        yield from ((f"{name}{{}}", key) for key in list(thing))
        yield from ((f"{name}[]", value) for value in list(thing.values()))
    elif isinstance(thing, Collection):
        yield from ((f"{name}[]", each) for each in list(thing))
    elif isinstance(thing, MethodType):
        yield name, thing.__self__
    elif isinstance(thing, partial):
        yield from ((name, each) for each in (thing.func, *thing.args, *thing.keywords.values()))
    module = type(thing).__module__
    if module.startswith(_OURS) and not module.startswith(_WORLD):
        for attribute, value in _attributes(thing):
            yield f"{type(thing).__name__}.{attribute}", value


def _attributes(thing: object) -> Iterator[tuple[str, object]]:
    if hasattr(thing, "__dict__"):
        yield from vars(thing).items()
    for kind in type(thing).__mro__:
        slots = getattr(kind, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(thing, name):
                yield name, getattr(thing, name)
