"""Pages beside those of the models."""

from django.contrib import admin
from django.urls import path

from payments.admin.card_moves import card_move
from payments.admin.upload_rejects import all_rejects, rejects
from payments.admin.uploads import upload
from payments.admin.which_pos import which_pos

app_name = "payments_admin"
urlpatterns = [
    path("card-moves/<int:pk>/", admin.site.admin_view(card_move), name="card_move"),
    path("which-pos/", admin.site.admin_view(which_pos), name="which_pos"),
    path("upload/<slug:kind>/", admin.site.admin_view(upload), name="upload"),
    path("upload/rejects/<str:token>/", admin.site.admin_view(rejects), name="rejects"),
    path("upload/rejects/<str:token>/all/", admin.site.admin_view(all_rejects), name="all_rejects"),
]
