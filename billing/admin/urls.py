"""Pages beside those of the models."""

from django.contrib import admin
from django.urls import path

from billing.admin.cost import cost

app_name = "billing_admin"
urlpatterns = [path("cost/", admin.site.admin_view(cost), name="cost")]
