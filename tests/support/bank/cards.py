"""Published sandbox cards and what the simulator does with them: docs/gateways/simulator.md. The banks' good cards
and stores stand in their packages.
"""

REFUSALS = {
    "4111111111111129": "51",
    "4129111111111111": "05",
    "4128111111111112": "12",
    "4127111111111113": "41",
    "4126111111111114": "43",
    "4125111111111115": "54",
    "4124111111111116": "82",
    "4121111111111119": "34",
    "4130111111111118": "05",
    "5549600732695519": "93",
}
"""PAN → the issuer's refusal at the charge, also after a good 3-D."""

MD_STATUSES = {
    "4131111111111117": "0",
    "4141111111111115": "4",
    "5377195377190410": "5",
    "4154210000000009": "2",
    "4154210000000017": "3",
    "4154210000000025": "6",
    "4154210000000033": "7",
    "4154210000000041": "8",
    "4154210000000058": "9",
}
"""PAN → mdStatus without a challenge; every other card is challenged."""

NO_THREE_D_INIT = "4151111111111112"
NO_GIVING_BACK = "5406670000000009"

ECI = {"1": "05", "2": "06", "3": "01", "4": "06"}


KNOWN_PANS = frozenset({*REFUSALS, *MD_STATUSES, NO_THREE_D_INIT, NO_GIVING_BACK})


def has_check_digit(pan: str) -> bool:
    if not (pan.isdigit() and 12 <= len(pan) <= 19):
        return False
    total = 0
    for index, digit in enumerate(reversed(pan)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask(pan: str) -> str:
    return f"{pan[:6]}******{pan[-4:]}"
