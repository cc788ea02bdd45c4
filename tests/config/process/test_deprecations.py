"""Headers of paths that will go, as RFC 9745, RFC 8594 and RFC 5829 have them."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from config.api_documents import document_of
from config.process import deprecations

OLD = {
    "/Billing/": {
        "deprecated": "2027-01-01",
        "sunset": "2027-12-31",
        "link": "https://pay.example/changes",
        "successor": "https://pay.example/tmf-api/paymentMethod/v4",
    },
    "/Billing/PaymentMethods": {"deprecated": "2026-06-01"},
}


@pytest.fixture
def old(settings):
    settings.API_DEPRECATIONS = OLD


def test_nothing_is_deprecated_by_default(db):
    assert django_settings.API_DEPRECATIONS == {}
    answer = Client().get("/Billing/20/PaymentMethods/1")
    assert not {"Deprecation", "Sunset", "Link"} & set(answer.headers)


def test_answers_of_a_deprecated_path_say_since_when_until_when_and_what_is_next(db, old):
    answer = Client().get("/Billing/20/PaymentMethods/1")
    assert answer["Deprecation"] == "@1798761600"
    assert answer["Sunset"] == "Fri, 31 Dec 2027 00:00:00 GMT"
    assert answer["Link"] == (
        '<https://pay.example/changes>; rel="deprecation"; type="text/html", '
        '<https://pay.example/tmf-api/paymentMethod/v4>; rel="successor-version"'
    )


def test_the_longest_path_counts_and_others_say_nothing(db, old):
    answer = Client().get("/Billing/PaymentMethods/1")
    assert answer["Deprecation"] == "@1780272000"
    assert "Sunset" not in answer.headers
    assert "Deprecation" not in Client().get("/api/v1/banks/").headers


def test_links_of_an_answer_stay(db, api, settings):
    settings.API_DEPRECATIONS = {
        "/payment/v4": {"deprecated": "2027-01-01", "link": "https://pay.example/changes"}
    }
    links = api.get("/payment/v4/payment?limit=1")["Link"]
    assert 'rel="self"' in links
    assert links.endswith('<https://pay.example/changes>; rel="deprecation"; type="text/html"')


def test_the_document_marks_it(old):
    paths = document_of("naviga")["paths"]
    assert all(item[method]["deprecated"] for item in paths.values() for method in item)
    assert not any(
        "deprecated" in part for item in document_of("bimetri")["paths"].values() for part in item.values()
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"Billing": {"deprecated": "2027-01-01"}},
        {"/Billing/": {}},
        {"/Billing/": {"deprecated": "soon"}},
        {"/Billing/": {"deprecated": "2027-01-01", "sunsett": "2027-01-01"}},
    ],
    ids=["no path", "no day", "no date", "misspelt"],
)
def test_what_is_not_understood_is_refused_at_the_start(wrong):
    with pytest.raises(ValueError, match=r"API_DEPRECATIONS|isoformat"):
        deprecations.read(wrong)
