from payments.models import PaymentOption
from payments.services.base import Service


class PaymentOptionService(Service[PaymentOption]):
    model = PaymentOption
