"""The bank's pages: the challenge with its field, and the page that posts itself back."""

from html import escape

CHALLENGE = """<!DOCTYPE html>
<html lang="tr"><head><meta charset="ISO-8859-9"><title>3D Secure Doğrulama</title></head>
<body><h1>Banka simülatörü</h1>
<p>{amount} {currency}, sipariş {order_id}, kart {card}</p>
<form name="challenge" action="{action}" method="POST">
<label for="otp">SMS şifresi (ipucu: {hint})</label>
<input id="otp" name="otp" autocomplete="one-time-code" autofocus>
<button name="submit_otp" value="1">Onayla</button>
<button name="cancel" value="1">Vazgeç</button>
</form></body></html>
"""

AUTOPOST = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
<html><head><title>Banka simülatörü</title></head>
<body onload="document.forms['postForm'].submit();">
<form name="postForm" action="{action}" method="{method}">
{inputs}
<noscript><center>Lütfen aşağıdaki devam butonuna basınız<br>
<input type="submit" value="Devam"></center></noscript>
</form></body></html>
"""

LOST = "<!DOCTYPE html><html><body><p>Bağlantı koptu.</p></body></html>"


def challenge(action: str, *, amount: str, currency: str, order_id: str, card: str, hint: str) -> str:
    values = {"amount": amount, "currency": currency, "order_id": order_id, "card": card, "hint": hint}
    return CHALLENGE.format(action=escape(action), **{name: escape(text) for name, text in values.items()})


def autopost(action: str, fields: dict[str, str], method: str = "POST") -> str:
    inputs = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return AUTOPOST.format(action=escape(action), method=method, inputs=inputs)
