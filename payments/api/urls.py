"""`/api/v1/…`"""

from config.kit.api.resources import ResourceRouter
from payments.api import views
from payments.api.imports import ImportJobViewSet

router = ResourceRouter()
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
router.register("imports", ImportJobViewSet)
