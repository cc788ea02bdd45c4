"""The operator's desk: finding a payment, its story on one page, and what may be done with it."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Callback, Case, Payment, Refund
from billing.services.refund import refund_payment
from billing.services.return_token import return_token_of
from billing.states import PaymentState, RefundState
from billing.threeds.callback import handle_callback
from config.kit.lib.days import day_of
from tests.billing.owed import reserve
from tests.support.factories import BillFactory, UserFactory
from tests.support.pages import found, list_url, page_url, press

LOST_ANSWER = "4111111111111046"
UNREADABLE = "4111111111111053"


def buttons_of(pages: Client, instance) -> set[str]:
    page = pages.get(page_url(instance)).content.decode()
    meta = instance._meta
    found = re.findall(rf"/admin/{meta.app_label}/{meta.model_name}/{instance.pk}/(\w+)/", page)
    return set(found) - {"change", "history"}


def errors_of(response) -> dict:
    return dict(response.context["form"].errors)


# --- finding ---


def test_the_list_shows_what_an_operator_looks_for(admin_pages, shop):
    payment = shop.charge().payment
    page = admin_pages.get(list_url(Payment)).content.decode()
    for text in (
        payment.order_id,
        "₺215.40",
        "411111******1111",
        shop.pos.name,
        payment.host_reference,
        "Captured",
    ):
        assert text in page


@pytest.mark.parametrize("model", [Payment, Refund, Case, Callback])
def test_a_list_costs_the_same_queries_whatever_its_rows_and_counts_no_whole_table(admin_pages, db, model):
    def make():
        payment = reserve(BillFactory())
        Case.objects.create(payment=payment, summary="The bank does not tell.")
        Callback.objects.create(payment=payment, method="POST", body="a=1")

    make()
    admin_pages.get(list_url(model))
    with CaptureQueriesContext(connection) as few:
        admin_pages.get(list_url(model))
    for _ in range(10):
        make()
    with CaptureQueriesContext(connection) as many:
        admin_pages.get(list_url(model))
    assert len(many) == len(few) <= 12
    counts = [
        query["sql"] for query in many if "COUNT(" in query["sql"] and model._meta.db_table in query["sql"]
    ]
    assert all("LIMIT 10001" in sql for sql in counts)


@pytest.mark.parametrize(
    "term",
    [
        "{payment.order_id}",
        "{payment.host_reference}",
        "{payment.transaction_id}",
        "1111",
        "54321",
        "{payment.account.account_number}",
    ],
)
def test_a_payment_is_found_by_what_the_caller_knows(admin_pages, shop, term):
    payment = shop.charge().payment
    reserve(BillFactory(number=77))
    assert found(admin_pages, Payment, q=term.format(payment=payment)) == [payment]


@pytest.mark.parametrize("term", ["0", "9999", "%", "'", "411111******1111x", "9" * 40])
def test_a_search_for_nothing_known_finds_nothing(admin_pages, shop, term):
    shop.charge()
    assert found(admin_pages, Payment, q=term) == []


def test_a_search_for_nul_alone_is_no_search(admin_pages, shop):
    payment = shop.charge().payment
    assert found(admin_pages, Payment, q="\0") == [payment]


def test_payments_are_filtered_by_state_and_day(admin_pages, shop):
    payment = shop.charge(LOST_ANSWER).payment
    day = day_of(payment.created_date).isoformat()
    assert found(admin_pages, Payment, state="unknown") == [payment]
    assert found(admin_pages, Payment, state="open") == [payment]
    assert found(admin_pages, Payment, state="captured") == []
    assert found(admin_pages, Payment, created_date_from=day, created_date_to=day) == [payment]
    assert found(admin_pages, Payment, created_date_to="2020-01-01") == []


def test_payments_are_read_and_never_written_on_a_form(admin_pages, shop):
    payment = shop.charge().payment
    assert admin_pages.get(reverse("admin:billing_payment_add")).status_code == 403
    assert admin_pages.post(page_url(payment), {"amount": "1"}).status_code == 403
    assert admin_pages.post(page_url(payment, "delete"), {"post": "yes"}).status_code == 403


# --- the page of a payment ---


def test_the_page_tells_the_whole_story(admin_pages, shop):
    payment = shop.charge(three_d=True).payment
    handle_callback(
        token=return_token_of(payment), body=b"status=nonsense", method="POST", remote_address="192.0.2.7"
    )
    payment.refresh_from_db()
    page = admin_pages.get(page_url(payment)).content.decode()
    for text in (
        "₺215.40",
        "Waiting for 3-D Secure",
        "3-D Secure started",
        "54321",
        "Callback: ",
        "reserved by",
    ):
        assert text in page


def test_the_story_of_a_refund_names_both_persons_and_the_reason(admin_pages, finn, shop, ada):
    shop.channel.conf = {"refund_limit": "100"}
    shop.channel.save()
    payment = shop.charge(user_id=ada.pk).payment
    refund = refund_payment(payment, amount=None, reason="Paid by mistake", user_id=finn.pk)
    press(admin_pages, refund, "approve", reason="Checked with the branch")
    page = admin_pages.get(page_url(payment)).content.decode()
    for text in (
        "Paid by mistake",
        "Checked with the branch",
        "finn",
        "ada",
        "Refund: Done",
        "Removed from bill",
    ):
        assert text in page


def test_a_page_costs_the_same_queries_whatever_happened(admin_pages, shop):
    payment = shop.charge().payment
    refund_payment(payment, amount=Decimal(10), reason="One", user_id=None)
    admin_pages.get(page_url(payment))
    with CaptureQueriesContext(connection) as few:
        admin_pages.get(page_url(payment))
    for _ in range(5):
        payment.refresh_from_db()
        refund_payment(payment, amount=Decimal(10), reason="More", user_id=None)
    with CaptureQueriesContext(connection) as many:
        admin_pages.get(page_url(payment))
    assert len(many) == len(few)


def test_the_buttons_are_those_that_are_possible_now(admin_pages, shop, settings):
    payment = shop.charge().payment
    assert buttons_of(admin_pages, payment) == {"refund", "void", "ask", "deallocate"}
    press(admin_pages, payment, "refund", amount="10")
    assert buttons_of(admin_pages, payment) == {"refund", "ask", "deallocate"}
    press(admin_pages, payment, "deallocate", bill=shop.bills[0].pk, amount="5")
    assert buttons_of(admin_pages, payment) == {"refund", "ask", "allocate", "deallocate"}
    press(admin_pages, payment, "refund", amount="205.40")
    assert payment.state == PaymentState.REFUNDED
    assert buttons_of(admin_pages, payment) == {"ask"}


def test_a_payment_in_doubt_is_settled_by_hand_only_when_the_bank_cannot_book_it_any_more(
    admin_pages, shop, settings
):
    payment = shop.charge(UNREADABLE).payment
    assert buttons_of(admin_pages, payment) == {"ask"}
    settings.IN_FLIGHT_SECONDS = 0
    assert buttons_of(admin_pages, payment) == {"ask", "settle"}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("Finance", {"refund", "void", "ask", "deallocate"}),
        ("Operator", {"ask"}),
        ("Auditor", set()),
        ("Administrator", None),
    ],
)
def test_roles_see_and_may_press_only_their_buttons(browser, shop, role, allowed):
    payment = shop.charge().payment
    pages = browser(UserFactory(role=role))
    allowed = {"refund", "void", "ask", "deallocate"} if allowed is None else allowed
    assert buttons_of(pages, payment) == allowed
    for name in (
        {"refund", "void", "ask", "settle", "allocate", "deallocate"}
        - allowed
        - ({"settle", "allocate"} if "refund" in allowed else set())
    ):
        assert press(pages, payment, name, amount="1").status_code == 403
    assert not Refund.objects.exists()


def test_who_has_no_role_sees_no_payment(browser, shop):
    payment = shop.charge().payment
    pages = browser(UserFactory())
    assert pages.get(list_url(Payment)).status_code == 403
    assert pages.get(page_url(payment)).status_code == 403
    assert pages.get(page_url(payment, "refund")).status_code == 403


# --- giving back ---


def test_a_refund_is_confirmed_with_amount_and_reason(admin_pages, shop, ada):
    payment = shop.charge().payment
    form = admin_pages.get(page_url(payment, "refund"))
    assert form.context["form"]["amount"].value() == "215.40"
    response = press(admin_pages, payment, "refund", amount="15.40", reason="Half of it was wrong")
    assert "The payment was refunded." in response.content.decode()
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.requested_by) == (
        Decimal("15.4"),
        "Half of it was wrong",
        ada,
    )
    assert payment.refunded_amount == Decimal("15.4")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": "215.41"}, "__all__"),
        ({"reason": " "}, "reason"),
        ({"reason": "card 4111111111111111"}, "reason"),
        ({"amount": "NaN"}, "amount"),
    ],
)
def test_a_wrong_refund_comes_back_on_the_form_and_nothing_moves(admin_pages, shop, data, field):
    payment = shop.charge().payment
    response = press(admin_pages, payment, "refund", **{"amount": "10", **data})
    assert field in errors_of(response)
    assert not Refund.objects.exists()
    assert payment.state == PaymentState.CAPTURED


def test_a_refund_form_that_is_sent_twice_gives_back_once(admin_pages, shop):
    payment = shop.charge().payment
    for _ in range(2):
        press(admin_pages, payment, "refund", amount="10", idempotency_key="the-same")
    assert payment.refunded_amount == 10
    press(admin_pages, payment, "refund", amount="10", idempotency_key="another")
    assert payment.refunded_amount == 20


def test_a_form_with_a_fault_can_be_mended_and_sent_again(admin_pages, shop):
    payment = shop.charge().payment
    response = press(admin_pages, payment, "refund", amount="999", idempotency_key="first")
    key = response.context["form"]["idempotency_key"].value()
    press(admin_pages, payment, "refund", amount="10", idempotency_key=key)
    assert payment.refunded_amount == 10


def test_a_payment_is_voided(admin_pages, shop):
    payment = shop.charge().payment
    press(admin_pages, payment, "void")
    assert payment.state == PaymentState.VOIDED


def test_what_cannot_be_done_any_more_is_told(admin_pages, shop):
    payment = shop.charge().payment
    press(admin_pages, payment, "void")
    response = press(admin_pages, payment, "refund", amount="10")
    assert "__all__" in errors_of(response)


# --- four eyes ---


@pytest.fixture
def waiting(shop, ada) -> Refund:
    """Asked for by ada, who is a superuser."""
    shop.channel.conf = {"refund_limit": 100}
    shop.channel.save()
    payment = shop.charge().payment
    return refund_payment(payment, amount=Decimal("150"), reason="Paid twice", user_id=ada.pk)


def test_a_refund_above_the_limit_waits_and_says_so(admin_pages, shop):
    shop.channel.conf = {"refund_limit": 100}
    shop.channel.save()
    payment = shop.charge().payment
    assert "above ₺100.00" in admin_pages.get(page_url(payment, "refund")).content.decode()
    response = press(admin_pages, payment, "refund", amount="100.01")
    assert "A different user must approve it" in response.content.decode()
    assert (Refund.objects.get().state, payment.refunded_amount) == (RefundState.WAITING, 0)
    press(admin_pages, payment, "refund", amount="100")
    assert payment.refunded_amount == 100


@pytest.mark.parametrize("limit", ["lots", "NaN", "Infinity", [], True])
def test_a_limit_that_is_no_number_lets_nothing_through(shop, ada, limit):
    shop.channel.conf = {"refund_limit": limit}
    shop.channel.save()
    refund = refund_payment(shop.charge().payment, amount=Decimal(2), reason="Paid twice", user_id=ada.pk)
    assert refund.state == RefundState.WAITING


def test_who_asked_cannot_approve_superuser_or_not(admin_pages, waiting):
    assert buttons_of(admin_pages, waiting) == set()
    response = press(admin_pages, waiting, "approve")
    assert "A different user must" in str(errors_of(response))
    assert waiting.state == RefundState.WAITING


def test_a_second_person_approves(browser, finn, waiting):
    pages = browser(finn)
    assert buttons_of(pages, waiting) == {"approve", "reject"}
    press(pages, waiting, "approve", reason="Seen the receipts")
    assert (waiting.state, waiting.decided_by, waiting.decision_note) == (
        RefundState.DONE,
        finn,
        "Seen the receipts",
    )
    response = press(pages, waiting, "approve")
    assert "no longer waiting" in str(errors_of(response))


def test_a_second_person_rejects_and_the_amount_is_free_again(browser, finn, waiting):
    press(browser(finn), waiting, "reject", reason="Not ours")
    assert (waiting.state, waiting.payment.refundable_amount) == (RefundState.REJECTED, Decimal("215.4"))


def test_an_operator_approves_nothing(browser, olivia, waiting):
    assert press(browser(olivia), waiting, "approve").status_code == 403


# --- doubt ---


def test_the_bank_is_asked(admin_pages, shop, ada):
    payment = shop.charge(LOST_ANSWER).payment
    press(admin_pages, payment, "ask", reason="The customer was charged")
    assert payment.state == PaymentState.CAPTURED
    question = payment.attempts.get(operation="status")
    assert (question.requested_by, question.details["note"]) == (ada, "The customer was charged")


def test_the_banks_own_answer_counts_more_than_a_persons(admin_pages, shop, settings):
    settings.IN_FLIGHT_SECONDS = 0
    payment = shop.charge(LOST_ANSWER).payment
    response = press(admin_pages, payment, "settle", answer="no")
    assert payment.state == PaymentState.CAPTURED  # dummypay remembered
    assert "is already known" in str(errors_of(response))


def test_cases_are_closed_with_a_resolution(browser, finn, shop):
    payment = shop.charge(LOST_ANSWER).payment
    case = Case.objects.create(payment=payment, summary="Asked 7 times.")
    pages = browser(finn)
    assert buttons_of(pages, case) == {"assign", "comment", "close"}
    press(pages, case, "close", reason="Settled by telephone")
    assert (case.resolution, case.closed_by) == ("Settled by telephone", finn)
    assert buttons_of(pages, case) == set()
    assert "already closed" in str(errors_of(press(pages, case, "close")))
    assert "Settled by telephone" in pages.get(page_url(payment)).content.decode()


def test_the_first_page_names_what_waits(admin_pages, waiting, shop):
    Case.objects.create(payment=waiting.payment, summary="Asked 7 times.")
    texts = [item.text for item in admin_pages.get("/admin/").context["alerts"]]
    assert any("Open cases" in text for text in texts)
    assert any("approval by a different user" in text for text in texts)


def test_the_inbox_shows_a_callback_without_its_secrets(admin_pages, shop):
    payment = shop.charge(three_d=True).payment
    body = b"pan=4111111111111111&cv2=123&md=secret-proof&order_id=ORDER&extra=4111111111111111"
    handle_callback(token=return_token_of(payment), body=body, method="POST", remote_address="192.0.2.7")
    page = admin_pages.get(page_url(Callback.objects.get())).content.decode()
    assert "ORDER" in page
    assert payment.order_id in page
    assert not any(text in page for text in ("4111111111111111", "secret-proof"))


def test_the_desk_speaks_turkish(admin_pages, shop):
    payment = shop.charge().payment
    page = admin_pages.get(page_url(payment), headers={"accept-language": "tr"}).content.decode()
    assert "Zaman çizelgesi" in page
    assert "İade edilebilir" in page
