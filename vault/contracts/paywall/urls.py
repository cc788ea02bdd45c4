from django.urls import path, re_path

from config.kit.contracts.view import unknown_path
from vault.contracts.paywall import views

urlpatterns = [
    path("paywall/card/insurance", views.CardView.as_view(), name="paywall_card"),
    re_path(r"^paywall(?:/|$)", unknown_path(views.PaywallView)),
]
