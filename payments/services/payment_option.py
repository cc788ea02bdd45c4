from config.kit.services import Service
from payments.models import PaymentOption


class PaymentOptionService(Service[PaymentOption]):
    model = PaymentOption
    channel_code = "payment_option_101"
    channel_label = "PaymentOption"  # without a colon, as the page prints it
