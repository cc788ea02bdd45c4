"""Naviga's paths: headers, shape in, one service, shape out."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.contracts.naviga import errors, mapping
from billing.contracts.naviga.auth import Caller, identify
from billing.contracts.naviga.mapping import Json
from billing.contracts.naviga.parsers import PrintedJSONParser
from billing.contracts.naviga.serializers import PaymentMethodSerializer
from billing.models import BillingAddress, PaymentMethod, Subscription, Tenant
from billing.services.add_method import NewMethod, add_method
from billing.services.tenant import gateway_of_tenant


class NavigaView(APIView):
    """JSON only, errors in the contract's forms, callers named by headers before anything is read."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (PrintedJSONParser,)
    renderer_classes = (JSONRenderer,)
    schema = None  # described by the contract's page
    caller: Caller

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return errors.exception_handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        action = "add" if request.method == "POST" else "view"
        self.caller = identify(request, f"billing.{action}_paymentmethod")

    def add(self, request: Request, body: dict[str, Any]) -> Response:
        """What the page's order of errors is: shape, configuration, subscription, address, event, save, event."""
        shape = PaymentMethodSerializer(data=body)
        shape.is_valid(raise_exception=True)
        data = shape.validated_data
        gateway = gateway_of_caller(self.caller)
        subscription = find_subscription(self.caller.tenant, data["SubscriptionId"])
        fields = mapping.fields_of(
            data, address=find_address(subscription, data["BillingAddressId"]), gateway=gateway
        )
        method = add_method(
            NewMethod(
                subscription=subscription,
                source_system=self.caller.source_system,
                fields=fields,
                reference=request.headers.get("X-RequestId", ""),
            )
        )
        return Response(mapping.envelope(request, result={"PaymentMethodId": method.pk}))


class PaymentMethodsView(NavigaView):
    def post(self, request: Request) -> Response:
        return self.add(request, mapping.from_new(cast(Json, request.data)))


class OldPaymentMethodsView(NavigaView):
    def post(self, request: Request, subscription_id: int) -> Response:
        try:
            body = mapping.from_old(cast(Json, request.data), subscription_id)
        except ValueError:
            raise errors.invalid_inputs() from None
        return self.add(request, body)


class PaymentMethodView(NavigaView):
    def get(self, request: Request, key: int) -> Response:
        method = find_method(methods_of(self.caller.tenant), key)
        return Response(mapping.envelope(request, result=mapping.new_method(method)))


class OldPaymentMethodView(NavigaView):
    def get(self, request: Request, subscription_id: int, key: int) -> Response:
        subscription = find_subscription(self.caller.tenant, subscription_id)
        methods = methods_of(self.caller.tenant).filter(account=subscription.account_id)
        return Response(mapping.envelope(request, result=mapping.old_method(find_method(methods, key))))


class UnknownPathView(NavigaView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound


def gateway_of_caller(caller: Caller) -> str:
    gateway = gateway_of_tenant(caller.tenant.configuration) if caller.tenant else None
    if gateway is None:
        raise errors.no_configuration()
    return gateway


def find_subscription(tenant: Tenant | None, number: int) -> Subscription:
    found = Subscription.objects.select_related("account").filter(tenant=tenant, number=number).first()
    if tenant is None or found is None:
        raise errors.subscription_not_found()
    return found


def find_address(subscription: Subscription, number: int | None) -> BillingAddress | None:
    """None where none is named."""
    if not number:
        return None
    address = BillingAddress.objects.filter(account=subscription.account_id, number=number).first()
    if address is None:
        raise errors.address_not_found()
    return address


def methods_of(tenant: Tenant | None) -> QuerySet[PaymentMethod]:
    """Those that were added for the tenant's subscriptions; one that is of no subscription is its whole account's."""
    own = Subscription.objects.filter(account=OuterRef("account"), tenant=tenant)
    seen = Q(subscription__tenant=tenant) | Q(Exists(own), subscription=None)
    methods = PaymentMethod.objects.select_related("subscription", "billing_address")
    return methods.filter(seen) if tenant else methods.none()


def find_method(methods: QuerySet[PaymentMethod], key: int) -> PaymentMethod:
    found = methods.filter(pk=key).first()
    if found is None:
        raise errors.method_not_found()
    return found
