from django.urls import path, re_path

from billing.contracts.bimetri import views
from config.kit.contracts.view import unknown_path

urlpatterns = [
    path("api/auth/login", views.LoginView.as_view()),
    path("api/auth/logout", views.LogoutView.as_view()),
    path("api/payment/add", views.AddPaymentView.as_view()),
    path("api/payment/add/registeredcard", views.AddRegisteredCardView.as_view()),
    path("api/subscription/bill", views.SubscriptionBillView.as_view()),
    path("api/subscription/bill/information", views.BillInformationView.as_view()),
    re_path(r"^api/(?:auth|payment|subscription)(?:/|$)", unknown_path(views.BimetriView)),
]
