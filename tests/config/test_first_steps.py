"""A new office is led from a channel to its first payment; an office that takes payments sees nothing of it."""

import pytest

from billing.models import Payment
from billing.services.pos_connection import ask_bank
from billing.services.roll_up import roll_up
from payments.models import POS
from tests.billing.conftest import make_shop
from tests.support.factories import ChannelFactory
from tests.support.pages import list_url


def done(client) -> list[bool]:
    return [bool(step.count) for step in client.get("/admin/").context["steps"]]


@pytest.mark.django_db(transaction=True)
def test_steps_are_done_one_by_one(admin_pages):
    assert done(admin_pages) == [False] * 5
    ChannelFactory()
    assert done(admin_pages) == [True, False, False, False, False]
    shop = make_shop()
    assert done(admin_pages) == [True, True, False, True, False]
    assert ask_bank(shop.pos, None).is_good
    assert done(admin_pages) == [True, True, True, True, False]
    shop.charge()
    roll_up()
    assert done(admin_pages) == []


@pytest.mark.django_db
def test_each_step_leads_to_where_it_is_done(admin_pages):
    for step in admin_pages.get("/admin/").context["steps"]:
        assert admin_pages.get(step.url).status_code == 200


@pytest.mark.django_db
def test_who_may_not_set_up_sees_no_steps(browser, finn, aydin):
    for user in (finn, aydin):
        assert browser(user).get("/admin/").context["steps"] == []


@pytest.mark.django_db
def test_empty_lists_say_what_to_do_first(admin_pages):
    page = admin_pages.get(list_url(POS)).content.decode()
    assert ("Nothing here yet" in page, "test its connection" in page) == (True, True)
    assert "test its connection" not in admin_pages.get(list_url(POS), {"q": "nothing"}).content.decode()
    assert "Nothing matches" in admin_pages.get(list_url(Payment), {"state": "captured"}).content.decode()
