"""The real Asterisk, one for all tests here, and phones for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import running_asterisk, sip_phones
from tests.support.sip_phone import SipPhones


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Asterisk]:
    with running_asterisk() as instance:
        yield instance


@pytest.fixture
async def phones(asterisk: Asterisk) -> AsyncIterator[SipPhones]:
    async with sip_phones(asterisk) as phones:
        yield phones
