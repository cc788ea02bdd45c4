"""Pages beside those of the models."""

from django.contrib import admin
from django.urls import path

from billing.admin.cost import cost
from billing.admin.statement_upload import upload

app_name = "billing_admin"
urlpatterns = [
    path("cost/", admin.site.admin_view(cost), name="cost"),
    path("statement-upload/", admin.site.admin_view(upload), name="statement_upload"),
]
