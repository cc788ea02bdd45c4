"""Names are sorted as the reader's dictionary sorts them."""

import pytest

from payments.models import Bank
from tests.support.factories import BankFactory
from tests.support.pages import list_url

pytestmark = pytest.mark.django_db
NAMES = ["Zirve", "İş", "Işık", "Çağ", "Ceylan", "Şeker", "Sabah", "Öz", "Onur"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("tr", ["Ceylan", "Çağ", "Işık", "İş", "Onur", "Öz", "Sabah", "Şeker", "Zirve"]),
        ("en", ["Çağ", "Ceylan", "İş", "Işık", "Onur", "Öz", "Sabah", "Şeker", "Zirve"]),
    ],
)
def test_a_list_sorted_by_name(admin_pages, channel, language, expected):
    for name in NAMES:
        BankFactory(channel=channel, name=name)
    listed = admin_pages.get(list_url(Bank), headers={"Accept-Language": language}).context["cl"]
    place = listed.list_display.index("name")
    sorted_by_name = admin_pages.get(list_url(Bank), {"o": place}, headers={"Accept-Language": language})
    assert [bank.name for bank in sorted_by_name.context["cl"].result_list] == expected
    backwards = admin_pages.get(list_url(Bank), {"o": f"-{place}"}, headers={"Accept-Language": language})
    assert [bank.name for bank in backwards.context["cl"].result_list] == expected[::-1]
