"""Browsers of the personas, and a channel's usual objects."""

import pytest
from django.test import Client

from payments.models import Card
from tests.support.factories import CardFactory


@pytest.fixture
def operator_pages(olivia, browser) -> Client:
    return browser(olivia)


@pytest.fixture
def auditor_pages(aydin, browser) -> Client:
    return browser(aydin)


@pytest.fixture
def card(channel) -> Card:
    return CardFactory(channel=channel, name="Bonus", slug="bonus")
