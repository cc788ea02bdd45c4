"""Pages beside those of the models."""

from django.contrib import admin
from django.urls import path

from payments.admin.uploads import rejects, upload
from payments.admin.which_pos import which_pos

app_name = "payments_admin"
urlpatterns = [
    path("which-pos/", admin.site.admin_view(which_pos), name="which_pos"),
    path("upload/<slug:kind>/", admin.site.admin_view(upload), name="upload"),
    path("upload/rejects/<str:token>/", admin.site.admin_view(rejects), name="rejects"),
]
