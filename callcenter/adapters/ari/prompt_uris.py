"""Where the PBX finds a prompt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from callcenter.core.ids import Ms


@dataclass(frozen=True, slots=True)
class PromptUris:
    """Turns names of prompts into media URIs.

    Prompts are stored in the trunk's codec. They are installed on the PBX, or the PBX fetches and
    caches them from us.
    """

    prefix: str = "sound:callcenter/en/"
    """Such as "sound:callcenter/en/" or "sound:http://127.0.0.1:8080/prompts/en/"."""
    suffix: str = ""
    """".ulaw" for prompts that are fetched; installed ones are named without."""
    durations: Mapping[str, Ms] = field(default_factory=dict)
    """How long each prompt plays; a name that is missing counts as short."""

    def media(self, prompts: Iterable[str]) -> str:
        """Return the value of the ``media`` parameter: URIs with commas between them."""
        return ",".join(f"{self.prefix}{quote(name)}{self.suffix}" for name in prompts)

    def duration_ms(self, prompts: Iterable[str]) -> Ms:
        """Return how long the prompts play in all, as far as it is known."""
        return sum(self.durations.get(name, 0) for name in prompts)
