"""Health and metrics, and who may see them."""

from dataclasses import replace

from callcenter.adapters.web.settings import Settings
from tests.support.site import Site, running_site

PROXIED = {"X-Forwarded-For": "203.0.113.7"}


async def test_health_says_whether_the_service_is_ready(site: Site):
    browser = await site.browser()
    assert await browser.call("GET", "/healthz") == (
        200,
        {"ready": True, "level": 0, "reasons": []},
    )
    site.readiness = (False, ["The PBX does not answer."])
    status, body = await browser.call("GET", "/healthz")
    assert status == 503
    assert body == {"ready": False, "level": 0, "reasons": ["The PBX does not answer."]}


async def test_liveness_asks_for_nothing_but_the_process(site: Site):
    site.readiness = (False, ["The PBX does not answer."])
    browser = await site.browser()
    assert await browser.call("GET", "/livez") == (200, {"alive": True})


async def test_metrics_are_text_for_prometheus(site: Site):
    page = await site.page("anna")
    browser = await site.browser()
    status, body = await browser.call("GET", "/metrics")
    assert status == 200
    assert b"\ncallcenter_pages 1.0\n" in body
    assert b'\ncallcenter_logins_total{result="right"} 1.0\n' in body
    assert browser.response.headers["Content-Type"].startswith("text/plain; version=")
    await page.ws.send_str("nonsense")
    assert (await page.frame())["type"] == "closed"
    _, body = await browser.call("GET", "/metrics")
    assert b'\ncallcenter_pages_closed_total{reason="bad_frame"} 1.0\n' in body


async def test_others_need_to_be_administrators(site: Site):
    for login, status in (("", 401), ("sue", 403), ("ada", 200)):
        browser = await site.browser(login)
        for path in ("/healthz", "/metrics"):
            assert (await browser.call("GET", path, headers=PROXIED))[0] == status


async def test_health_can_be_opened_to_all(settings: Settings):
    async with running_site(replace(settings, open_health=True)) as site:
        browser = await site.browser()
        assert (await browser.call("GET", "/healthz", headers=PROXIED))[0] == 200
