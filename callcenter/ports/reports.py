"""What the runtime tells its operator; the adapter writes it as structured log lines."""

from typing import Protocol


class Reports(Protocol):
    """Takes events for the log. Texts and values hold no personal data."""

    def note(self, event: str, **values: str | int | float | bool) -> None:
        """Something worth knowing happened."""
        ...

    def fault(self, event: str, error: BaseException | None = None, **values: str | int) -> None:
        """Something went wrong that an operator should look at."""
        ...
