"""Pages beside those of the models."""

from django.contrib import admin
from django.urls import path

from billing.admin.account_files import upload_account_file
from billing.admin.cost import cost
from billing.admin.days import close, commissions, days, forecast, payouts
from billing.admin.health import health
from billing.admin.letters import letter
from billing.admin.statement_upload import upload

app_name = "billing_admin"
urlpatterns = [
    path("health/", admin.site.admin_view(health), name="health"),
    path("cost/", admin.site.admin_view(cost), name="cost"),
    path("statement-upload/", admin.site.admin_view(upload), name="statement_upload"),
    path("account-upload/", admin.site.admin_view(upload_account_file), name="account_file_upload"),
    path("payouts/", admin.site.admin_view(payouts), name="payouts"),
    path("days/", admin.site.admin_view(days), name="days"),
    path("days/<int:pos>/<str:day>/close/", admin.site.admin_view(close), name="close_day"),
    path("forecast/", admin.site.admin_view(forecast), name="forecast"),
    path("commissions/", admin.site.admin_view(commissions), name="commissions"),
    path(
        "commissions/<int:bank>/<str:since>/<str:until>/letter/",
        admin.site.admin_view(letter),
        name="commission_letter",
    ),
]
