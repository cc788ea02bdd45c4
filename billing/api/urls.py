"""`/api/v1/…`"""

from billing.api import agreed, methods, payments, views
from config.kit.api.resources import ResourceRouter

router = ResourceRouter()
router.register("accounts", views.AccountViewSet)
router.register("subscriptions", views.SubscriptionViewSet)
router.register("bills", views.BillViewSet)
router.register("billing_addresses", methods.BillingAddressViewSet)
router.register("payment_methods", methods.PaymentMethodViewSet)
router.register("payments", payments.PaymentViewSet)
router.register("refunds", payments.RefundViewSet)
router.register("tenants", methods.TenantViewSet)
router.register("source_systems", methods.SourceSystemViewSet)
router.register("acquiring_agreements", agreed.AcquiringAgreementViewSet)
router.register("commission_plans", agreed.CommissionPlanViewSet)
router.register("bank_days", agreed.BankDayViewSet)
