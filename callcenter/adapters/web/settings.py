"""How the pages and the HTTP interface are served."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callcenter.core.ids import Ms

HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chooses. The defaults serve browsers on the same machine."""

    host: str = "127.0.0.1"
    port: int = 8080
    """0 for any free one."""
    certificate: Path | None = None
    """PEM file of the certificate and its chain; with ``private_key`` it turns TLS on."""
    private_key: Path | None = None
    behind_tls_proxy: bool = False
    """A proxy in front ends TLS and sends X-Forwarded-For; it must be the only way in."""
    allow_plain: bool = False
    """Serve other machines without TLS: passwords and call data can be read on the way."""
    origins: tuple[str, ...] = ()
    """Origins of the pages, such as "https://desk.example.com". Needed for host names; without
    any, pages must come from the address or "localhost" that they connect to."""
    connect_sources: tuple[str, ...] = ()
    """Where else pages may connect to: the PBX, for the browser's phone, as
    "wss://pbx.example.com:8089"."""
    static_folder: Path = Path(__file__).with_name("static")
    """The built pages."""
    prompt_folder: Path | None = None
    """Prompts as <language>/<name>.ulaw, for an Asterisk on another machine."""
    request_kinds: tuple[str, ...] = ("question", "order", "complaint", "fault")
    """Kinds of service requests that agents may open."""
    open_health: bool = False
    """Show health and metrics to everybody who can connect."""
    session_ms: Ms = 12 * HOUR_MS
    """After so long people log in anew."""

    @property
    def uses_tls(self) -> bool:
        """Say whether browsers reach us by https."""
        return self.certificate is not None or self.behind_tls_proxy
