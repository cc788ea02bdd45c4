"""Bimetri's paths."""

from typing import Any, cast

from dateutil.relativedelta import relativedelta
from django.conf import settings
from rest_framework import exceptions, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from billing.contracts.bimetri import mapping, openapi, serializers
from billing.contracts.bimetri.auth import BimetriAuthentication, issue_token
from billing.contracts.bimetri.errors import BimetriError, BimetriErrors
from billing.errors import SubscriptionNotFoundError
from billing.models import Payment, Subscription
from billing.services.charge import PaymentResult, take_payment
from billing.services.payment_request import check_return_url, request_for_bills
from billing.states import OPEN_STATES, PaymentState
from billing.threeds.page import autopost_page
from config.kit.api.permissions import requires
from config.kit.contracts.client_ip import client_ip
from config.kit.contracts.throttles import ClientThrottle
from config.kit.contracts.view import ContractView
from config.kit.factors.token_log_in import authenticate
from config.kit.identity import logins
from config.kit.identity.access import reach_of
from config.kit.lib import days
from payments.gateways import payer_texts
from payments.gateways.types import Payer, Reason
from payments.models import Channel


class BimetriView(ContractView):
    authentication_classes: tuple[type[BaseAuthentication], ...] = (BimetriAuthentication,)
    errors = BimetriErrors()
    schema = openapi.BimetriSchema()

    def validated(self, serializer_class: type[Serializer]) -> dict[str, Any]:
        """The request's body. Raises ValidationError."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class LoginView(BimetriView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ClientThrottle,)
    throttle_scope = "login"

    @openapi.log_in
    def post(self, request: Request) -> Response:
        data = self.validated(serializers.LoginSerializer)
        user = authenticate(request, username=data["screenName"], password=data["password"])
        if user is None:
            raise BimetriError("UnauthorizedException", "Screen name or password is wrong.", 401)
        token = issue_token(user, remember=data["rememberMe"], address=client_ip(request))
        channels = reach_of(user).limit(Channel.objects.filter(is_active=True))
        return Response(mapping.login_answer(user, token, channels))


class LogoutView(BimetriView):
    """Ends the token that it is called with."""

    @openapi.log_out
    def post(self, request: Request) -> Response:
        logins.end(str(cast(Any, request.auth)["jti"]))
        return Response(mapping.success("200", "Success", "Logged out"))


class AddPaymentView(BimetriView):
    card_number_fields = frozenset({"CardNumber"})
    permission_classes = (requires("billing.add_payment"),)

    @openapi.add_payment
    def post(self, request: Request) -> Response:
        data = self.validated(serializers.AddPaymentSerializer)
        subscription = find_subscription(request, data["subscriptionId"])
        if "returnUrl" in data:
            check_return_url(data["returnUrl"], subscription.account.channel)
        fields = mapping.card_payment(data, subscription, ip=client_ip(request))
        wanted = request_for_bills(subscription=subscription, user_id=request.user.pk, **fields)
        return payment_answer(take_payment(wanted))


class AddRegisteredCardView(BimetriView):
    permission_classes = (requires("billing.add_payment"),)

    @openapi.add_registered
    def post(self, request: Request) -> Response:
        data = self.validated(serializers.RegisteredCardSerializer)
        wanted = request_for_bills(
            subscription=find_subscription(request, data["subscriptionId"]),
            bill_numbers=data["bill"],
            installments=data["installment"],
            payer=Payer(ip=client_ip(request)),
            source="bimetri",
            user_id=request.user.pk,
        )
        return payment_answer(take_payment(wanted))


class SubscriptionBillView(BimetriView):
    permission_classes = (requires("billing.view_bill"),)

    @openapi.list_bills
    def post(self, request: Request) -> Response:
        data = self.validated(serializers.BillQuerySerializer)
        subscription = organization_subscription(request, data)
        zone = subscription.account.channel.time_zone
        bills = subscription.bills.order_by("-issued_on", "-pk")
        if data.get("billId"):
            bills = bills.filter(number=data["billId"])
        else:
            since = days.today(zone) - relativedelta(months=int(data["monthFilter"]))
            bills = bills.filter(issued_on__gte=since)
        return Response([mapping.bill_row(bill, settings.PUBLIC_URL, zone) for bill in bills])


class BillInformationView(BimetriView):
    permission_classes = (requires("billing.view_bill"),)

    @openapi.show_balance
    def post(self, request: Request) -> Response:
        data = self.validated(serializers.SubscriptionSerializer)
        subscription = organization_subscription(request, data)
        today = days.today(subscription.account.channel.time_zone)
        return Response(mapping.balance_rows(subscription.bills.all(), today))


def find_subscription(request: Request, number: int) -> Subscription:
    """One of the channels that the token's user is for."""
    rows = reach_of(request.user).limit(Subscription.objects.filter(number=number))
    found = rows.select_related("account__channel__default_card").first()
    if found is None:
        raise SubscriptionNotFoundError(f"Subscription {number} was not found.")
    return found


def organization_subscription(request: Request, data: dict[str, Any]) -> Subscription:
    """The subscription of the organization that both header and body name. Raises ValidationError, PayerError."""
    header = request.headers.get("OrganizationId", "")
    if header != str(data["organizationId"]):
        raise exceptions.ValidationError(
            {"OrganizationId": "The header must name the organization of the body."}
        )
    subscription = find_subscription(request, data["subscriptionId"])
    if subscription.account.channel_id != data["organizationId"]:
        raise SubscriptionNotFoundError(f"Subscription {data['subscriptionId']} was not found.")
    return subscription


def payment_answer(result: PaymentResult) -> Response:
    """The answer to a payment. Raises BimetriError unless it succeeded."""
    payment = result.payment
    if result.form is not None:
        body = mapping.success("201", "3D Secure", autopost_page(result.form))
        return Response(body, status=status.HTTP_201_CREATED)
    if payment.state == PaymentState.CAPTURED:
        return Response(mapping.success("200", "Success", "Payment Success"))
    raise payment_error(payment)


def payment_error(payment: Payment) -> BimetriError:
    reason = Reason(payment.reason) if payment.reason in list(Reason) else Reason.NONE
    text = payer_texts.TEXTS[reason]
    if payment.state == PaymentState.DECLINED:
        return BimetriError("PaymentDeclinedException", text or "The bank refused the payment.", 400)
    if payment.state in OPEN_STATES:
        return BimetriError(
            "PaymentUncertainException",
            "The outcome is not known yet. The bills stay reserved and must not be paid again.",
            500,
        )
    return BimetriError(
        "GatewayUnavailableException", "The bank could not be reached. Nothing was charged.", 500
    )
