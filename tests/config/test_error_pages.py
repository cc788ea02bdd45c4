"""403, 404 and 500 in the look of the product and the language of the reader. Contracts keep their own errors."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

pytestmark = pytest.mark.django_db

NOWHERE = "/admin/billing/payment/1/nowhere/"


def texts(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("language", "title", "back"),
    [
        ("en", "This page does not exist", "Back to the dashboard"),
        ("tr", "Böyle bir sayfa yok", "Genel bakışa dön"),
    ],
)
def test_an_unknown_page(admin_pages, language, title, back):
    answer = admin_pages.get("/admin/nowhere/", headers={"Accept-Language": language})
    assert answer.status_code == 404
    page = texts(answer)
    assert (f"<h1>{title}</h1>" in page, back in page, f'lang="{language}"' in page) == (True, True, True)
    assert f'href="{reverse("admin:index")}"' in page


def test_what_a_role_may_not_open(browser, aydin):
    answer = browser(aydin).get(reverse("billing_admin:statement_upload"))
    assert answer.status_code == 403
    assert "You may not open this page" in texts(answer)


def test_a_failure_tells_to_look_before_anything_is_repeated(admin_pages, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr("config.dashboard.the_day", fail)
    admin_pages.raise_request_exception = False
    answer = admin_pages.get("/admin/")
    assert answer.status_code == 500
    assert "it may have gone through" in texts(answer)
    assert "geheim" not in texts(answer)


def test_a_form_without_its_token(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post("/admin/payments/bank/add/", {"name": "Bank"})
    assert answer.status_code == 403
    assert "This form has expired" in texts(answer)


def test_the_payers_page_has_no_link_to_the_desk(client):
    answer = client.get("/pay/result/nonsense/")
    assert answer.status_code == 404
    assert "This page does not exist" in texts(answer)
    assert "/admin/" not in texts(answer)


@override_settings(DEBUG=False)
def test_others_get_what_they_got(client):
    assert "<h1>Not Found</h1>" in texts(client.get("/nowhere/"))
    assert client.get("/api/v1/nowhere/").json()["detail"]
