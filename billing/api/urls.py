from rest_framework.routers import DefaultRouter

from billing.api import payments

router = DefaultRouter()
router.trailing_slash = "/?"
router.include_format_suffixes = False
router.include_root_view = False
router.register("payments", payments.PaymentViewSet)
router.register("refunds", payments.RefundViewSet)

urlpatterns = router.urls
