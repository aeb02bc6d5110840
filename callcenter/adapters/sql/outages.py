"""What a database that cannot be used looks like, in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

from crm_store.engine import is_not_migrated, is_unavailable


@contextmanager
def outages_as(unavailable: type[Exception]) -> Iterator[None]:
    """Turn every error that means "not now" into ``unavailable``; let all others through."""
    try:
        yield
    except Exception as error:
        if isinstance(error, unavailable) or not is_unavailable(error):
            raise
        raise unavailable(explain(error)) from error


def explain(error: Exception) -> str:
    """Return what is wrong and what to do, without the statement or its values."""
    if is_not_migrated(error):
        return "The CRM database has not all its tables: run callcenter db upgrade."
    if isinstance(error, TimeoutError):
        return "The CRM database does not answer in time: check that it runs, and its network."
    cause = str(getattr(error, "orig", None) or error) or type(error).__name__
    if "locked" in cause:
        return "The CRM database is locked by another program (a backup, a database browser?)."
    if "is full" in cause or "no space" in cause.lower():
        return "The CRM database's disk is full: make room there."
    return f"The CRM database cannot be used now ({cause}): check that it runs and its address."
