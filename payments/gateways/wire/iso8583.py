"""Response codes of card issuers (ISO 8583 field 39) that say: refused, nothing was taken.

Codes of time-outs, broken lines and switches (68, 90, 91, 92, 96, 98 and the like) are left out on purpose:
behind them nobody knows whether the issuer booked the payment.
"""

REFUSALS = {
    "01": "refused",
    "02": "refused",
    "03": "misconfigured",
    "04": "suspected_fraud",
    "05": "refused",
    "07": "suspected_fraud",
    "12": "refused",
    "13": "refused",
    "14": "invalid_card",
    "15": "invalid_card",
    "33": "expired_card",
    "34": "suspected_fraud",
    "36": "not_permitted",
    "38": "limit_exceeded",
    "41": "suspected_fraud",
    "43": "suspected_fraud",
    "51": "insufficient_funds",
    "54": "expired_card",
    "55": "refused",
    "57": "not_permitted",
    "58": "not_permitted",
    "59": "suspected_fraud",
    "61": "limit_exceeded",
    "62": "not_permitted",
    "63": "refused",
    "65": "limit_exceeded",
    "75": "limit_exceeded",
    "82": "invalid_cvc",
    "93": "not_permitted",
}
"""Code → the value of the reason that the gateways give it."""
