"""Where a request comes from."""

import ipaddress
from typing import Final

from aiohttp import web

from callcenter.adapters.web.settings import Settings

FORWARDED: Final = "X-Forwarded-For"


def client_address(request: web.Request, settings: Settings) -> str:
    """Return the address of the browser; with a proxy in front, the one the proxy saw.

    Only the last entry of the header is the proxy's own; the ones before it can be forged.
    """
    if settings.behind_tls_proxy and FORWARDED in request.headers:
        return request.headers[FORWARDED].rsplit(",", 1)[-1].strip()[:64]
    return request.remote or ""


def limit_key(address: str) -> str:
    """Return what to count logins by: the address, or an IPv6 customer's whole network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def is_local(request: web.Request) -> bool:
    """Say whether a program on this machine asks, and not a proxy for somebody else."""
    if FORWARDED in request.headers or "Forwarded" in request.headers:
        return False
    return is_loopback(request.remote or "")


def is_loopback(host: str) -> bool:
    """Say whether a host can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
