"""PostgreSQL is killed as by a power cut, and started again."""

import time
from random import Random

from tests.prove.scenarios.base import Scenario
from tests.prove.world import World


class KilledDatabase(Scenario):
    every_seconds = 10

    def strike(self, world: World, random: Random) -> str:
        self.cluster.kill()
        time.sleep(random.uniform(0.5, 3))
        self.cluster.start()
        return "PostgreSQL killed"
