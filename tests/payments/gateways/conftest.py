import pytest

from config.kit.lib.http import client as http_client
from tests.support.bank.client import BankProcess


@pytest.fixture(scope="package")
def bank_process():
    with BankProcess(seed=7) as process:
        yield process


@pytest.fixture
def bank(bank_process):
    """The simulator with empty books, and a client to call it with."""
    bank_process.reset()
    with http_client(timeout=5) as http:
        bank_process.http = http
        yield bank_process


@pytest.fixture
def impatient():
    with http_client(timeout=0.3) as http:
        yield http
