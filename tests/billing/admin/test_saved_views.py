"""Views of the payments list that people save, share and remove."""

import pytest
from django.contrib.auth.models import Permission

from billing.models import Payment, SavedView
from tests.billing.admin.test_payment_lists import payment_of
from tests.support.factories import UserFactory
from tests.support.pages import list_url

SAVE = "/admin/billing/payment/views/"


def save(pages, name: str, query: str):
    return pages.post(SAVE, {"name": name, "query": query}, follow=True)


def views_of(pages) -> dict[str, tuple[str, bool]]:
    context = pages.get(list_url(Payment)).context
    return {view.name: (url, may_remove) for view, url, _chosen, may_remove in context["views"]}


def test_a_saved_view_is_found_by_everybody_and_selects_the_same(browser, olivia, finn):
    large = payment_of("5000")
    payment_of("1")
    response = save(browser(olivia), "Large", "amount_from=1.000,00&period=today&p=3")
    assert response.redirect_chain[0][0].startswith(list_url(Payment))
    url, may_remove = views_of(browser(finn))["Large"]
    assert url == "?amount_from=1.000%2C00&period=today"
    assert not may_remove
    assert list(browser(finn).get(list_url(Payment) + url).context["cl"].result_list) == [large]


def test_the_form_is_there_only_where_something_is_filtered(admin_pages, db):
    assert "Save this view" not in admin_pages.get(list_url(Payment)).content.decode()
    assert "Save this view" in admin_pages.get(list_url(Payment), {"state": "open"}).content.decode()
    assert "Save this view" in admin_pages.get(list_url(Payment), {"q": "x"}).content.decode()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", "state=open"),
        ("x" * 61, "state=open"),
        ("x", ""),
        ("x", "q=" + "y" * 1000),
        ("Taken", "state=open"),
    ],
    ids=["no name", "long name", "no filter", "long filter", "name twice"],
)
def test_what_can_not_be_saved_is_told(admin_pages, db, name, query):
    SavedView.objects.create(name="Taken", query="state=open")
    response = save(admin_pages, name, query)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert SavedView.objects.count() == 1


def test_a_view_leads_nowhere_else(admin_pages, db):
    response = admin_pages.post(SAVE, {"name": "Evil", "query": "//evil.example/?x=1"})
    assert response["Location"].startswith(list_url(Payment) + "?")
    assert views_of(admin_pages)["Evil"][0].startswith("?")


def test_a_card_number_is_never_saved(admin_pages, db):
    assert save(admin_pages, "x", "q=4111111111111111").status_code == 400
    assert save(admin_pages, "4111 1111 1111 1111", "state=open").status_code == 400
    assert not SavedView.objects.exists()


def test_only_its_maker_and_administrators_remove_a_view(browser, olivia, finn, ada):
    for name in ("One", "Two"):
        save(browser(olivia), name, "state=open")
    one, two = SavedView.objects.order_by("name")
    assert browser(finn).post(f"{SAVE}{one.pk}/remove/").status_code == 403
    assert browser(olivia).post(f"{SAVE}{one.pk}/remove/").status_code == 302
    assert browser(ada).post(f"{SAVE}{two.pk}/remove/").status_code == 302
    assert browser(ada).post(f"{SAVE}{two.pk}/remove/").status_code == 302
    assert browser(ada).get(f"{SAVE}{two.pk}/remove/").status_code == 405
    assert not SavedView.objects.exists()


def test_saving_needs_the_right_to_see_payments(browser, db):
    person = UserFactory(username="narrow")
    person.user_permissions.add(Permission.objects.get(codename="view_account"))
    assert browser(person).post(SAVE, {"name": "x", "query": "state=open"}).status_code == 403
