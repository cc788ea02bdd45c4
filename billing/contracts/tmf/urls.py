"""The contract at each of its base paths; BRM has payment methods at one of their own."""

from django.urls import re_path

from billing.contracts.tmf import specification
from billing.contracts.tmf.base_view import UnknownPathView
from billing.contracts.tmf.hrefs import PAYMENT_BASES
from billing.contracts.tmf.tmf676 import hub, reads, writes
from billing.contracts.tmf.tokens import TokenView

_PAYMENTS = rf"^(?P<path>{'|'.join(PAYMENT_BASES)})"
_ALL = rf"^(?P<path>{'|'.join([*PAYMENT_BASES, *set(PAYMENT_BASES.values())])})"

urlpatterns = [
    re_path(r"^oauth/token/?$", TokenView.as_view()),
    re_path(rf"{_PAYMENTS}/payment$", writes.PaymentListView.as_view()),
    re_path(rf"{_PAYMENTS}/payment/describe$", specification.PaymentDescribeView.as_view()),
    re_path(rf"{_PAYMENTS}/payment/(?P<name>[^/]+)$", reads.PaymentView.as_view()),
    re_path(rf"{_PAYMENTS}/refund$", writes.RefundListView.as_view()),
    re_path(rf"{_PAYMENTS}/refund/describe$", specification.RefundDescribeView.as_view()),
    re_path(rf"{_PAYMENTS}/refund/(?P<name>[^/]+)$", reads.RefundView.as_view()),
    re_path(rf"{_PAYMENTS}/paymentAllocation$", writes.AllocationView.as_view()),
    re_path(rf"{_PAYMENTS}/hub$", hub.HubView.as_view()),
    re_path(rf"{_PAYMENTS}/hub/(?P<name>[^/]+)$", hub.HubItemView.as_view()),
    re_path(rf"{_ALL}/paymentMethod$", reads.MethodListView.as_view()),
    re_path(rf"{_ALL}/paymentMethod/(?P<name>[^/]+)$", reads.MethodView.as_view()),
    re_path(rf"{_ALL}/accounts/(?P<name>[^/]+)/paymentMethods$", reads.AccountMethodsView.as_view()),
    re_path(rf"{_ALL}(?:/|$)", UnknownPathView.as_view()),
]
