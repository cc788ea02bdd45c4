"""Browsers of the personas, and a channel's usual objects."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from payments.models import Card
from tests.support.factories import CardFactory, UserFactory


@pytest.fixture
def browser() -> Callable[[User], Client]:
    def of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return of


@pytest.fixture
def operator_pages(olivia, browser) -> Client:
    return browser(olivia)


@pytest.fixture
def auditor_pages(aydin, browser) -> Client:
    return browser(aydin)


@pytest.fixture
def finn(db) -> User:
    """Finance: sees the configuration."""
    return UserFactory(username="finn", role="Finance")


@pytest.fixture
def card(channel) -> Card:
    return CardFactory(channel=channel, name="Bonus", slug="bonus")
