"""Naviga's paths."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.naviga import errors, mapping, openapi
from billing.contracts.naviga.auth import Site, identify
from billing.contracts.naviga.errors import NavigaErrors
from billing.contracts.naviga.mapping import Json
from billing.contracts.naviga.parsers import LenientJSONParser
from billing.contracts.naviga.serializers import PaymentMethodSerializer
from billing.models import BillingAddress, PaymentMethod, Subscription, Tenant
from billing.services.add_method import NewMethod, add_method
from billing.services.tenant import gateway_of_tenant
from config.kit.contracts.view import ContractView
from config.kit.identity.access import reach_of


class NavigaView(ContractView):
    """Checks the contract's headers before the body is read. They, not the framework, authenticate the site."""

    permission_classes = (AllowAny,)
    parser_classes = (LenientJSONParser,)
    errors = NavigaErrors()
    schema = openapi.NavigaSchema()
    site: Site

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        action = "add" if request.method == "POST" else "view"
        self.site = identify(request, f"billing.{action}_paymentmethod")

    def add(self, request: Request, body: dict[str, Any]) -> Response:
        """In the order of the page's errors: shape, configuration, subscription, address, event, save, event."""
        shape = PaymentMethodSerializer(data=body)
        shape.is_valid(raise_exception=True)
        data = shape.validated_data
        gateway = gateway_of_site(self.site)
        subscription = find_subscription(request, self.site.tenant, data["SubscriptionId"])
        fields = mapping.payment_method_fields(
            data, address=find_address(subscription, data["BillingAddressId"]), gateway=gateway
        )
        method = add_method(
            NewMethod(
                subscription=subscription,
                source_system=self.site.source_system,
                fields=fields,
                reference=request.headers.get("X-RequestId", ""),
            )
        )
        return Response(mapping.envelope(request, result={"PaymentMethodId": method.pk}))


class PaymentMethodsView(NavigaView):
    @openapi.add
    def post(self, request: Request) -> Response:
        return self.add(request, mapping.read_new_body(cast(Json, request.data)))


class OldPaymentMethodsView(NavigaView):
    @openapi.add_old
    def post(self, request: Request, subscription_id: int) -> Response:
        try:
            body = mapping.read_old_body(cast(Json, request.data), subscription_id)
        except ValueError:
            raise errors.invalid_inputs() from None
        return self.add(request, body)


class PaymentMethodView(NavigaView):
    @openapi.read
    def get(self, request: Request, key: int) -> Response:
        method = find_method(reach_of(request.user).limit(methods_of(self.site.tenant)), key)
        return Response(mapping.envelope(request, result=mapping.new_body(method)))


class OldPaymentMethodView(NavigaView):
    @openapi.read_old
    def get(self, request: Request, subscription_id: int, key: int) -> Response:
        subscription = find_subscription(request, self.site.tenant, subscription_id)
        own = Q(subscription=subscription) | Q(subscription=None)
        methods = methods_of(self.site.tenant).filter(own, account=subscription.account_id)
        return Response(mapping.envelope(request, result=mapping.old_body(find_method(methods, key))))


def gateway_of_site(site: Site) -> str:
    gateway = gateway_of_tenant(site.tenant.configuration) if site.tenant else None
    if gateway is None:
        raise errors.no_configuration()
    return gateway


def find_subscription(request: Request, tenant: Tenant | None, number: int) -> Subscription:
    rows = reach_of(request.user).limit(Subscription.objects.filter(tenant=tenant, number=number))
    found = rows.select_related("account").first()
    if tenant is None or found is None:
        raise errors.subscription_not_found()
    return found


def find_address(subscription: Subscription, number: int | None) -> BillingAddress | None:
    """None if the request names no address. Raises NavigaError."""
    if not number:
        return None
    address = BillingAddress.objects.filter(account=subscription.account_id, number=number).first()
    if address is None:
        raise errors.address_not_found()
    return address


def methods_of(tenant: Tenant | None) -> QuerySet[PaymentMethod]:
    """Methods of the tenant's subscriptions, and of their accounts where a method belongs to no subscription."""
    own = Subscription.objects.filter(account=OuterRef("account"), tenant=tenant)
    seen = Q(subscription__tenant=tenant) | Q(Exists(own), subscription=None)
    methods = PaymentMethod.objects.select_related("subscription", "billing_address")
    return methods.filter(seen) if tenant else methods.none()


def find_method(methods: QuerySet[PaymentMethod], key: int) -> PaymentMethod:
    found = methods.filter(pk=key).first()
    if found is None:
        raise errors.method_not_found()
    return found
