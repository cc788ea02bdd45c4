from django.urls import path, re_path

from billing.contracts.naviga import views
from config.kit.contracts.view import unknown_path

urlpatterns = [
    path("Billing/PaymentMethods", views.PaymentMethodsView.as_view()),
    path("Billing/PaymentMethods/<int:key>", views.PaymentMethodView.as_view()),
    path("Billing/<int:subscription_id>/PaymentMethods", views.OldPaymentMethodsView.as_view()),
    path("Billing/<int:subscription_id>/PaymentMethods/<int:key>", views.OldPaymentMethodView.as_view()),
    re_path(r"^Billing(?:/|$)", unknown_path(views.NavigaView)),
]
