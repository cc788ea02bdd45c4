"""The network between application and database is cut: frozen for a while, then broken."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.prove.postgres import url_of
from tests.prove.proxy import Proxy
from tests.prove.scenarios.base import Scenario
from tests.prove.world import World


class CutNetwork(Scenario):
    @contextmanager
    def database(self) -> Iterator[str]:
        with super().database() as url, Proxy(self.cluster.sockets / ".s.PGSQL.5432") as self.proxy:
            self.application_url = url_of("127.0.0.1", self.proxy.port)
            yield url

    def strike(self, world: World, random: Random) -> str:
        """Frozen connections may have committed: nobody can know, and everybody must go on rightly."""
        self.proxy.freeze()
        time.sleep(random.uniform(0.2, 4))
        if random.random() < 0.5:
            self.proxy.resume()
            return "network frozen"
        self.proxy.drop()
        time.sleep(random.uniform(0.2, 2))
        self.proxy.resume()
        return "network cut"

    def heal(self, world: World) -> None:
        self.proxy.resume()
