"""One profile for each operable gateway: everything that tests, the proof and the browser need to know of it.

A profile is the module of this package that is named like the gateway, with a `PROFILE`. The registry decides which
there have to be: a gateway without one fails every suite that runs over all gateways.
"""

from importlib import import_module

from payments.gateways import registry
from tests.support.gateways.profile import Profile

PROFILES: dict[str, Profile] = {
    gateway.short_name(): import_module(f"{__name__}.{gateway.short_name()}").PROFILE
    for gateway in registry.GATEWAYS
    if gateway.is_operable
}
BANKS = tuple(name for name, profile in PROFILES.items() if not profile.gateway.is_simulated)
"""Those with a bank behind them, which the simulator plays."""
