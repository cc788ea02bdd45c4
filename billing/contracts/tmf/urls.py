"""The API below each of its base paths. BRM has a base path of its own for payment methods."""

from django.urls import re_path

from billing.contracts.tmf.hrefs import BASES, PAYMENT_BASES
from billing.contracts.tmf.tmf670 import describe, payment_methods
from billing.contracts.tmf.tmf676 import allocations, hub, payments, refunds
from billing.contracts.tmf.tokens import RevokeTokenView, TokenView
from billing.contracts.tmf.view import TmfView
from config.kit.contracts.view import unknown_path

_PAYMENTS = rf"^(?P<path>{'|'.join(PAYMENT_BASES)})"
_ALL = rf"^(?P<path>{'|'.join(BASES)})"

urlpatterns = [
    re_path(r"^oauth/token/?$", TokenView.as_view()),
    re_path(r"^oauth/revoke_token/?$", RevokeTokenView.as_view()),
    re_path(rf"{_PAYMENTS}/payment$", payments.PaymentListView.as_view()),
    re_path(rf"{_PAYMENTS}/payment/describe$", payments.PaymentDescribeView.as_view()),
    re_path(rf"{_PAYMENTS}/payment/(?P<name>[^/]+)$", payments.PaymentView.as_view()),
    re_path(rf"{_PAYMENTS}/refund$", refunds.RefundListView.as_view()),
    re_path(rf"{_PAYMENTS}/refund/describe$", refunds.RefundDescribeView.as_view()),
    re_path(rf"{_PAYMENTS}/refund/(?P<name>[^/]+)$", refunds.RefundView.as_view()),
    re_path(rf"{_PAYMENTS}/paymentAllocation$", allocations.AllocationView.as_view()),
    re_path(rf"{_ALL}/hub$", hub.HubView.as_view()),
    re_path(rf"{_ALL}/hub/(?P<name>[^/]+)$", hub.HubItemView.as_view()),
    re_path(rf"{_ALL}/paymentMethod$", payment_methods.PaymentMethodListView.as_view()),
    re_path(rf"{_ALL}/paymentMethod/describe$", describe.PaymentMethodDescribeView.as_view()),
    re_path(rf"{_ALL}/paymentMethod/(?P<name>[^/]+)$", payment_methods.PaymentMethodView.as_view()),
    re_path(
        rf"{_ALL}/accounts/(?P<name>[^/]+)/paymentMethods$",
        payment_methods.AccountPaymentMethodsView.as_view(),
    ),
    re_path(rf"{_ALL}(?:/|$)", unknown_path(TmfView)),
    re_path(r"^(?:brm|tmf-api)(?:/|$)", unknown_path(TmfView)),
]
