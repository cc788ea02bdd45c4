"""dummypay takes no money: a production with it on a live channel does not start, and does not charge."""

import pytest
from django.core.checks import run_checks

from billing.errors import NoRouteError
from billing.models import Payment
from tests.billing.conftest import make_shop
from tests.support.factories import PosFactory


def complaints() -> list[str]:
    return [message.id for message in run_checks() if message.id == "payments.E001"]


def test_a_live_channel_on_dummypay_is_refused_in_production(db, settings):
    pos = PosFactory()
    assert complaints() == []
    settings.PRODUCTION = True
    assert complaints() == ["payments.E001"]
    pos.channel.is_active = False
    pos.channel.save()
    assert complaints() == []


def test_dummypay_charges_nothing_in_production(transactional_db, settings):
    shop = make_shop()
    settings.PRODUCTION = True
    with pytest.raises(NoRouteError):
        shop.charge()
    assert not Payment.objects.exists()
