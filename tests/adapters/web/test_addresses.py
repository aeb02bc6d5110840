"""Where a request comes from, and what can be forged."""

import pytest
from aiohttp.test_utils import make_mocked_request

from callcenter.adapters.web.addresses import (
    client_address,
    is_local,
    is_loopback,
    limit_key,
)
from callcenter.adapters.web.settings import Settings


def request(remote: str, **headers: str):
    return make_mocked_request("GET", "/", headers=headers).clone(remote=remote)


def test_forwarded_address_counts_only_behind_a_proxy():
    forged = request("10.0.0.9", **{"X-Forwarded-For": "127.0.0.1, 203.0.113.7"})
    assert client_address(forged, Settings()) == "10.0.0.9"
    assert client_address(forged, Settings(behind_tls_proxy=True)) == "203.0.113.7"
    assert client_address(request("10.0.0.9"), Settings(behind_tls_proxy=True)) == "10.0.0.9"


def test_proxied_requests_are_not_local():
    assert is_local(request("127.0.0.1"))
    assert not is_local(request("10.0.0.9"))
    assert not is_local(request("127.0.0.1", **{"X-Forwarded-For": "127.0.0.1"}))
    assert not is_local(request("127.0.0.1", Forwarded="for=127.0.0.1"))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_one_ipv6_network_counts_as_one_address(address: str, key: str):
    assert limit_key(address) == key


def test_loopback_hosts():
    assert [host for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9") if is_loopback(host)]
    assert not [h for h in ("0.0.0.0", "::", "10.0.0.1", "example.com", "") if is_loopback(h)]
