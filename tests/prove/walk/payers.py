"""Payers: cards, 3-D Secure at the bank's page, cash, and callbacks that come when they come."""

from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from django.db.models.functions import Now

from billing.models import Bill, Callback, Payment, PaymentMethod, ReceivedAs, Verdict
from billing.services.charge import take_payment
from billing.services.payment_request import PaymentRequest
from billing.states import PaymentState
from billing.threeds.callback import handle_callback
from billing.threeds.stored_body import stored_body
from config.kit.lib.money import numeric_currency
from payments.gateways.types import CardData, Payer
from tests.prove.walk.world import NOT_SENT, Fate, Mail, ViolationError, Visit, World
from tests.support.bank.client import Page, find_pans
from tests.support.bank.faults import Fault
from tests.support.bank.server import route
from tests.support.bank.simulator import simulators

PAYER = Payer(ip="192.0.2.10", name="Ayşe", surname="Yılmaz", email="ayse@example.com", phone="+905321234567",
              identity_number="11111111110", address="Bağdat Cad. 1", city="İstanbul", country="Turkey")  # fmt: skip
PROOFS = ("md", "conversationdata")
"""Fields with which the payment can be completed by whoever has them."""


class Payers:
    def __init__(self, world: World) -> None:
        self.world = world

    def pay(
        self,
        route_index: int,
        bills: list[Bill],
        *,
        three_d: bool,
        installments: int,
        extra: Decimal,
        fate: Fate,
    ) -> None:
        way = self.world.shop.routes[route_index % len(self.world.shop.routes)]
        card = CardData(number=way.number, expiry_month=12, expiry_year=2040, cvc="000", holder="Ali Veli")
        request = self._request(bills, card, extra, three_d=three_d, installments=installments)
        if request is None:
            return
        last = Payment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        operation = "three_d_init" if three_d else "sale"
        result = self.world.run(fate, operation, lambda: take_payment(request))
        if fate.kind.startswith("other_"):
            self._excuse_new(last)
        if result is not None and result.form is not None:
            self.world.visits.append(Visit(result.payment, result.form, way.bank))
        if result is not None and fate.kind in NOT_SENT and (not three_d or way.bank == "iyzico"):
            result.payment.refresh_from_db()
            if result.payment.state != PaymentState.FAILED:
                raise ViolationError(f"{fate}: nothing was sent, but the payment is {result.payment.state}")

    def pay_with_stored_card(self, bills: list[Bill], fate: Fate) -> None:
        method = self.world.shop.stored_cards[bills[0].currency]
        request = self._request(bills, method, Decimal(0))
        if request is None:
            return
        last = Payment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.world.run(fate, "sale", lambda: take_payment(request))
        if fate.kind.startswith("other_"):
            self._excuse_new(last)

    def _request(
        self, bills: list[Bill], instrument: CardData | PaymentMethod, extra: Decimal, **options: Any
    ) -> PaymentRequest | None:
        """For what the bills still owe and `extra`; None if that is nothing."""
        bills = list(Bill.objects.filter(pk__in=[bill.pk for bill in bills]))
        parts = [(bill, bill.open_amount) for bill in bills if bill.open_amount > 0]
        amount = sum((part for _bill, part in parts), Decimal(0)) + extra
        if amount <= 0:
            return None
        subscription = self.world.shop.subscriptions[bills[0].currency]
        return PaymentRequest(
            account=subscription.account,
            subscription=subscription,
            amount=amount,
            currency=bills[0].currency,
            instrument=instrument,
            parts=parts,
            payer=PAYER,
            **options,
        )

    def _excuse_new(self, last: int) -> None:
        known = self.world.books()
        for payment in Payment.objects.filter(pk__gt=last):
            order = known.get(payment.order_id)
            right = (payment.amount * 100, numeric_currency(payment.currency))
            if order and (order["captured_minor"], order["currency"]) != right:
                self.world.excused.add(payment.order_id)

    def give_cash(self, bill: Bill, fate: Fate) -> None:
        bill.refresh_from_db()
        if bill.open_amount <= 0:
            return
        subscription = self.world.shop.subscriptions[bill.currency]
        request = PaymentRequest(
            account=subscription.account,
            subscription=subscription,
            amount=bill.open_amount,
            currency=bill.currency,
            instrument=ReceivedAs.CASH,
            parts=[(bill, bill.open_amount)],
            user_id=self.world.shop.users[0].pk,
        )
        self.world.run(fate, "none", lambda: take_payment(request))

    def confirm(self, visit: Visit, *, right: bool, fate: Fate) -> None:
        """The payer answers the challenge; the callback goes into the mail, perhaps tampered with."""
        if fate.kind in ("lost", "race", "double") or fate.kind.startswith("attack:"):
            self.world.faults.add(Fault(fate.kind, operation="return", times=1))
        if visit.payment.expires_at is not None and not self._unexpired(visit.payment):
            self.world.may_be_late.add(visit.payment.order_id)
        elif Payment.objects.filter(pk=visit.payment.pk, state=PaymentState.FAILED).exists():
            raise ViolationError(f"{visit.payment.order_id}: given up while its payer may still pay")
        page = self._browse(visit.form.action, visit.form.inputs)
        if page.name == "challenge":
            otp = simulators()[visit.bank].one_time_password if right else "wrong"
            page = self._browse(page.action, {"otp": otp})
        self.world.faults.clear()
        if page.action:
            genuine = not fate.kind.startswith("attack:")
            self.world.mails.append(Mail(page.action, page.fields, genuine))

    def _unexpired(self, payment: Payment) -> bool:
        return Payment.objects.filter(pk=payment.pk, expires_at__gt=Now()).exists()

    def _browse(self, url: str, fields: dict[str, str]) -> Page:
        address = urlsplit(url)
        bank = self.world.banks[f"{address.scheme}://{address.netloc}"]
        answer = route(bank, "POST", address.path, urlencode(fields).encode(), {})
        return Page(answer.body.decode("iso-8859-9"))

    def deliver(self, mail: Mail, fate: Fate) -> None:
        token = mail.url.split("/pay/3d/", 1)[1].strip("/")
        body = urlencode(mail.fields).encode()
        self.world.run(
            fate,
            "completion",
            lambda: handle_callback(token=token, body=body, method="POST", remote_address="192.0.2.1"),
        )
        if fate.kind.startswith("other_"):
            self._excuse_new(0)
        stored = Callback.objects.order_by("-pk").first()
        if stored is not None and stored.body == stored_body(body, stored.payment):
            _check_inbox(stored, mail)


def _check_inbox(stored: Callback, mail: Mail) -> None:
    if find_pans(stored.body):
        raise ViolationError("a card number is in the inbox")
    proofs = [value for name, value in mail.fields.items() if name.lower() in PROOFS and value]
    if mail.genuine and any(proof in unquote_plus(stored.body) for proof in proofs):
        raise ViolationError("a proof of 3-D Secure is in the inbox")
    if mail.genuine and stored.verdict == Verdict.FORGED:
        raise ViolationError("a genuine callback is called forged")
