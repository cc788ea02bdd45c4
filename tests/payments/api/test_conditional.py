"""ETag, If-None-Match and If-Match."""

import threading

import pytest
from django.db import connection, transaction

from payments import services
from payments.models import Bank
from tests.billing.conftest import make_shop
from tests.support.factories import BankFactory, PaymentOptionFactory


@pytest.fixture
def bank(channel):
    return BankFactory(channel=channel, name="A", slug="a")


def path(bank):
    return f"/api/v1/banks/{bank.pk}/"


def body(bank, **changes):
    return {"name": bank.name, "slug": bank.slug, "channel": bank.channel_id, **changes}


@pytest.mark.parametrize("place", ["/api/v1/banks/", "detail"])
def test_what_has_not_changed_is_304(place, api, bank):
    place = path(bank) if place == "detail" else place
    tag = api.get(place)["ETag"]
    assert tag.startswith('"')
    same = api.get(place, headers={"If-None-Match": f'"other", {tag}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    services.banks.update(bank, name="B")
    changed = api.get(place, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_a_tag_is_for_one_form(api, bank):
    tags = {api.get(f"{path(bank)}?format={form}")["ETag"] for form in ("json", "csv", "xml", "xls")}
    assert len(tags) == 4
    assert "ETag" not in api.get(f"{path(bank)}?format=api")


def test_reading_under_if_match(api, bank):
    tag = api.get(path(bank))["ETag"]
    assert api.get(path(bank), headers={"If-Match": tag}).status_code == 200
    missed = api.get(path(bank), headers={"If-Match": '"other"'})
    assert missed.status_code == 412
    assert list(missed.json()) == ["detail"]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_change_of_another_version_is_412(method, api, bank):
    tag = api.get(path(bank))["ETag"]
    services.banks.update(bank, name="Changed meanwhile")
    refused = getattr(api, method)(path(bank), body(bank, name="Mine"), headers={"If-Match": tag})
    assert refused.status_code == 412
    assert Bank.objects.get().name == "Changed meanwhile"
    now = api.get(path(bank))["ETag"]
    done = getattr(api, method)(path(bank), body(bank, name="Mine"), headers={"If-Match": f'"x", {now}'})
    assert done.status_code == (204 if method == "delete" else 200)


def test_the_answer_to_a_change_has_the_new_tag(api, bank):
    for answer in (
        api.put(path(bank), body(bank, name="B")),
        api.patch(path(bank), {"name": "C"}),
        api.patch(path(bank), {"name": "D"}, headers={"If-Match": "*"}),
    ):
        assert answer.status_code == 200
        assert answer["ETag"] == api.get(path(bank))["ETag"] or answer.json()["name"] != "D"
    made = api.post("/api/v1/banks/", body(bank, slug="new"))
    assert made["ETag"] == api.get(f"/api/v1/banks/{made.json()['pk']}/")["ETag"]


def test_if_none_match_guards_a_change_too(api, bank):
    assert api.put(path(bank), body(bank), headers={"If-None-Match": "*"}).status_code == 412
    assert api.put(path(bank), body(bank), headers={"If-None-Match": '"other"'}).status_code == 200


def test_without_the_header_it_works_as_before(api, bank):
    services.banks.update(bank, name="Changed meanwhile")
    assert api.put(path(bank), body(bank, name="Mine")).status_code == 200


def test_resources_without_delete_still_have_none(api, channel):
    option = PaymentOptionFactory(channel=channel)
    assert api.delete(f"/api/v1/payment_options/{option.pk}/").status_code == 405
    assert api.put("/api/v1/payments/1/", {}).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_payments_and_refunds_carry_tags(api):
    payment = make_shop().charge().payment
    for place in ("/api/v1/payments/", f"/api/v1/payments/{payment.pk}/", "/api/v1/refunds/"):
        tag = api.get(place)["ETag"]
        assert api.get(place, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_one_version_one_is_refused(api, bank):
    tag = api.get(path(bank))["ETag"]
    answers = []

    def change():
        try:
            answers.append(api.patch(path(bank), {"name": "Second"}, headers={"If-Match": tag}).status_code)
        finally:
            connection.close()

    with transaction.atomic():
        services.banks.update(bank, name="First")
        other = threading.Thread(target=change)
        other.start()
        other.join(0.5)
        assert answers == []  # it waits for the row
    other.join()
    assert answers == [412]
    assert Bank.objects.get().name == "First"
