"""`/api/v1/…`. Paths end in a slash and are accepted without, as the contract's page prints both."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter

from payments.api import views


class RootView(APIRootView):
    """The resources by name; of the two spellings of a path the one with the slash."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        return Response({name: f"{url}/" for name, url in response.data.items()})


router = DefaultRouter()
router.APIRootView = RootView
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
