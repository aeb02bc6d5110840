"""A process that writes turns until it is killed, and says which ones were acknowledged.

Run as ``python -m tests.support.journal_writer FILE``. Prints "first N" and then "N" for each
acknowledged turn; turn N consists of four facts at the instant N.
"""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from callcenter.adapters.sql.journal import SqliteJournal
from tests.support.facts import turn


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


async def main(path: Path) -> None:
    journal = await SqliteJournal.open(path)
    seq, number, _ = await journal.last()
    say(f"first {seq} {number}")
    while True:
        number += 1
        journal.append(turn(number, at=number), partial(say, str(number)))
        if number % 7 == 0:
            await asyncio.sleep(0)
        if number % 500 == 0:
            await journal.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
