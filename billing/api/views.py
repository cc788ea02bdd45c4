"""`/api/v1/accounts/`, `subscriptions/` and `bills/`."""

from billing.api import filters, serializers
from billing.models import Account, Bill, Subscription
from config.kit.api.resources import FullResourceViewSet


class AccountViewSet(FullResourceViewSet):
    queryset = Account.objects.all()
    serializer_class = serializers.AccountSerializer
    filterset_class = filters.AccountFilter


class SubscriptionViewSet(FullResourceViewSet):
    queryset = Subscription.objects.all()
    serializer_class = serializers.SubscriptionSerializer
    filterset_class = filters.SubscriptionFilter


class BillViewSet(FullResourceViewSet):
    queryset = Bill.objects.all()
    serializer_class = serializers.BillSerializer
    filterset_class = filters.BillFilter
