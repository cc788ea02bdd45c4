"""What can go wrong around the application, by name."""

from tests.prove.scenarios.base import Scenario
from tests.prove.scenarios.cut_network import CutNetwork
from tests.prove.scenarios.failover import Failover
from tests.prove.scenarios.full_disk import FullDisk
from tests.prove.scenarios.killed_database import KilledDatabase
from tests.prove.scenarios.kills import Kills, Nothing
from tests.prove.scenarios.stopped_processes import StoppedProcesses

KILLS, CONTROL = "kills", "control"
CRASHES: dict[str, type[Scenario]] = {
    "database": KilledDatabase,
    "stopped": StoppedProcesses,
    "network": CutNetwork,
    "disk": FullDisk,
    "failover": Failover,
}
SCENARIOS: dict[str, type[Scenario]] = {KILLS: Kills, CONTROL: Nothing, **CRASHES}
