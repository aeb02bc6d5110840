"""A modelled PBX on the running loop's own clock."""

import asyncio
import time
from random import Random

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.scheduler import LoopScheduler


def live_model(seed: int = 1) -> AsteriskModel:
    """Return a model that runs on the loop, with a fresh heartbeat."""
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    model = AsteriskModel(scheduler, Random(seed))
    model.pbx.variables["CC_BEAT"] = str(int(time.time()))
    return model
