from django.urls import path

from billing.threeds import views

urlpatterns = [
    path("pay/3d/<str:token>/", views.three_d_return, name="three-d-return"),
    path("pay/result/<str:token>/", views.payment_result, name="payment-result"),
    path("pay/dummypay/<int:pos_id>/", views.dummypay_page, name="dummypay-page"),
]
