"""`/api/v1/…`. Paths end in a slash and are accepted without, as the contract's page prints both."""

from rest_framework.routers import DefaultRouter

from payments.api import views

router = DefaultRouter()
router.trailing_slash = "/?"
router.include_format_suffixes = False
router.register("pos", views.POSViewSet)
router.register("banks", views.BankViewSet)
router.register("card_types", views.CardTypeViewSet)
router.register("cards", views.CardViewSet)
router.register("bin_numbers", views.BinNumberViewSet)
router.register("installments", views.InstallmentViewSet)
router.register("bank_accounts", views.BankAccountViewSet)
router.register("payment_options", views.PaymentOptionViewSet)
router.register("multi_currency_cards", views.MultiCurrencyCardViewSet)
router.register("channels", views.ChannelViewSet)

urlpatterns = router.urls
