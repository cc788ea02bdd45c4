"""`/api/v1/…`"""

from billing.api import payments, views
from config.api.resources import ResourceRouter

router = ResourceRouter()
router.register("accounts", views.AccountViewSet)
router.register("subscriptions", views.SubscriptionViewSet)
router.register("bills", views.BillViewSet)
router.register("payments", payments.PaymentViewSet)
router.register("refunds", payments.RefundViewSet)
