from django.urls import path, re_path

from vault.contracts.paywall import views

urlpatterns = [
    path("paywall/card/insurance", views.CardView.as_view(), name="paywall_card"),
    re_path(r"^paywall(?:/|$)", views.UnknownPathView.as_view()),
]
