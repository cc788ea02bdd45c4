"""What browsers are told about every page and answer."""

import pytest
from django.test import Client

from billing.services.return_token import return_token_of
from billing.threeds.page import autopost_page
from tests.billing.conftest import make_shop

pytestmark = pytest.mark.django_db

APIS = (
    "/api/v1/banks/", "/api/v1/banks/schema/", "/api/v1/nothing/", "/api/payment/nothing", "/Billing/PaymentMethods/1",
    "/brm/payment/v4/payment", "/tmf-api/paymentManagement/v4/payment", "/paywall/card/insurance", "/oauth/token",
    "/api/auth/login",
)  # fmt: skip
PAGES = ("/admin/", "/admin/login/", "/admin/payments/bank/", "/api/docs/", "/pay/result/x/")


@pytest.mark.parametrize("path", APIS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_answers_of_apis_are_stored_by_nobody(api, path, method):
    for client in (api, Client()):
        assert "no-store" in getattr(client, method)(path)["Cache-Control"]


@pytest.mark.parametrize("path", [*PAGES, *APIS])
def test_every_answer_has_a_policy(admin_pages, path):
    answer = admin_pages.get(path)
    policy = directives(answer)
    assert policy["default-src"] == "'none'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in policy["script-src"]
    assert "http" not in policy["script-src"]
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def directives(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_the_payers_pages_run_no_script_but_their_own(client):
    payment = make_shop().charge(three_d=True)
    page = client.get(f"/pay/result/{return_token_of(payment.payment)}/")
    policy = directives(page)
    assert "unsafe-eval" not in policy["script-src"]
    # the page that posts to the bank has one script, and the policy names its hash
    html = autopost_page(payment.form)
    assert f"'sha256-{hash_of_script(html)}'" in policy["script-src"].split()
    assert "form-action" not in policy  # banks' pages


def hash_of_script(html: str) -> str:
    import base64
    import hashlib
    import re

    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert script is not None
    return base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()


def test_pages_of_the_admin_have_no_script_in_them(admin_pages):
    """So that the policy needs no `unsafe-inline`: scripts are files, or data."""
    import re

    for path in ("/admin/", "/admin/payments/bank/", "/admin/payments/pos/add/", "/admin/billing/payment/"):
        html = admin_pages.get(path).content.decode()
        for attributes, text in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL):
            assert not text.strip() or "application/json" in attributes or " src=" in attributes, (
                path,
                text[:80],
            )
        assert not re.search(r"\son(click|load|submit|change|error)=", html), path
