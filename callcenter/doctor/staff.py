"""Who is there to take calls: queues without agents, skills that nobody has."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from callcenter.config import Config, ConfigError
from callcenter.doctor.checks import Check, fine, warning
from crm_store.engine import create_engine
from crm_store.users import User, list_users
from ivr_flows.model import Flow
from ivr_flows.model import Queue as QueueNode

_NAME = "staff"


async def check_staff(config: Config) -> list[Check]:
    """Say which queues nobody works, and which skills that flows ask for nobody there has.

    Nothing is said of a configuration or database that other checks find at fault.
    """
    users = await _agents(config.database_url)
    if users is None:
        return []
    try:
        flows = config.plan().flows
    except ConfigError:
        return []
    found = [*_queues_without_agents(config, users), *_missing_skills(flows, users)]
    return found or [fine(_NAME, "every queue has agents, and every skill that flows ask for")]


async def _agents(url: str) -> Sequence[User] | None:
    if not _is_there(url):
        return None
    engine = create_engine(url, busy_timeout_ms=2_000)
    try:
        return [user for user in await list_users(engine) if user.station]
    except (SQLAlchemyError, OSError):
        return None
    finally:
        await engine.dispose()


def _is_there(url: str) -> bool:
    """Say whether there may be a database: looking for one in a file would make the file."""
    return not url.startswith("sqlite:") or Path(url.removeprefix("sqlite:///")).exists()


def _queues_without_agents(config: Config, users: Sequence[User]) -> Iterator[Check]:
    for queue_id in config.queues:
        if not any(queue_id in user.queues for user in users):
            line, column = config.marks.of_key(("queues", queue_id))
            message = f"{config.marks.source}:{line}:{column}: nobody works the queue {queue_id}"
            mend = f"callcenter user add ... --queue {queue_id}, or remove the queue"
            yield warning(_NAME, message, mend)


def _missing_skills(flows: Mapping[str, Flow], users: Sequence[User]) -> Iterator[Check]:
    for flow in flows.values():
        for node_id, node in flow.nodes.items():
            if isinstance(node, QueueNode) and node.requires and not _has_agent(node, users):
                line, column = flow.marks.of_value(("nodes", node_id, "queue", "requires"))
                wanted = ", ".join(f"{skill} {least}" for skill, least in node.requires.items())
                message = f"{flow.source}:{line}:{column}: nobody of {node.queue} has {wanted}"
                mend = "give an agent of that queue the skills, or ask for less"
                yield warning(_NAME, message, mend)


def _has_agent(node: QueueNode, users: Sequence[User]) -> bool:
    return any(
        node.queue in user.queues
        and all(user.skills.get(skill, 0) >= least for skill, least in node.requires.items())
        for user in users
    )
