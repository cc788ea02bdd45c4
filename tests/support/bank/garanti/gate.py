"""The simulator's 3-D gate of Garanti: /servlet/gt3dengine."""

import secrets

from tests.support.bank import cards
from tests.support.bank.books import Authentication, Refusal
from tests.support.bank.core import Answer, Bank, Callback
from tests.support.bank.garanti import hashes
from tests.support.bank.garanti.api import ERRORS, GATEWAY
from tests.support.bank.garanti.stores import STORES, Store

HASH_PARAMS = "clientid:oid:authcode:procreturncode:response:mdstatus:cavv:eci:md:rnd:"


def gate(bank: Bank, form: dict[str, str]) -> Answer:
    """The browser's form: hash and card are checked, then the payer is asked."""
    store = STORES.get(form.get("terminalid", ""))
    known = form.get("secure3dsecuritylevel") in ("3D", "3D_PAY")
    if store is None or not known or not _form_hash_fits(form, store):
        return bank.way_back(_system_error(form))
    pan = form.get("cardnumber", "").replace(" ", "")
    if not cards.has_check_digit(pan):
        return bank.way_back(_system_error(form))
    session = Authentication(
        gateway=GATEWAY,
        store=store.terminal_id,
        order_id=form["orderid"],
        amount_minor=int(form["txnamount"]),
        currency=form["txncurrencycode"],
        installments=form.get("txninstallmentcount", ""),
        pan=pan,
        form=form,
    )
    return bank.open_session(session, lambda md_status: _finish(bank, store, session, md_status))


def _form_hash_fits(form: dict[str, str], store: Store) -> bool:
    names = [
        "terminalid",
        "orderid",
        "txnamount",
        "txncurrencycode",
        "successurl",
        "errorurl",
        "txntype",
        "txninstallmentcount",
    ]
    security = hashes.security_data(store.password, store.terminal_id)
    plain = "".join(form.get(name, "") for name in names) + store.store_key + security
    return form.get("secure3dhash") == hashes.upper_sha512(plain)


def _echo(form: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if not name.startswith("card")}


def _system_error_fields(form: dict[str, str]) -> dict[str, str]:
    error = {
        "mdstatus": "7",
        "mderrormessage": "Sistem Hatası",
        "errmsg": "Sistem Hatası",
        "response": "Error",
    }
    told = {"procreturncode": "99", "oid": form.get("orderid", ""), "clientid": form.get("terminalid", "")}
    return {**_echo(form), **error, **told}


def _system_error(form: dict[str, str]) -> Callback:
    """Without any hash, as the bank does."""
    url = form.get("errorurl", "")
    return Callback(GATEWAY, form.get("orderid", ""), url, _system_error_fields(form), failure_url=url)


def _finish(bank: Bank, store: Store, session: Authentication, md_status: str) -> Callback:
    form, good = session.form, md_status == "1"
    result = _result(bank, session, good) if form["secure3dsecuritylevel"] == "3D_PAY" else {}
    fields = {
        **_echo(form),
        "xid": secrets.token_hex(16),
        "mdstatus": md_status,
        "mderrormessage": "Y-status/Challenge authentication via ACS" if good else "Not authenticated",
        "txnstatus": "",
        "eci": cards.ECI.get(md_status, "00"),
        "cavv": secrets.token_urlsafe(20) if good else "",
        "paressyntaxok": "",
        "paresverified": "",
        "version": "",
        "ireqcode": "",
        "ireqdetail": "",
        "vendorcode": "",
        "cavvalgorithm": "",
        "md": session.md,
        "terminalid": store.terminal_id,
        "oid": session.order_id,
        "authcode": "",
        "response": "",
        "errmsg": "",
        "hostmsg": "",
        "procreturncode": "",
        "transid": session.order_id,
        "hostrefnum": "",
        "rnd": secrets.token_urlsafe(15),
        "clientid": store.terminal_id,
        "MaskedPan": f"{session.pan[:8]}****{session.pan[-4:]}",
        "garanticardind": "",
        **result,
    }
    values = "".join(fields[name] for name in HASH_PARAMS.strip(":").split(":"))
    fields |= {"hashparams": HASH_PARAMS, "hashparamsval": values}
    fields["hash"] = hashes.upper_sha512(values + store.store_key)
    paid = good and fields["response"] in ("", "Approved")
    return Callback(
        GATEWAY,
        session.order_id,
        form["successurl"] if paid else form["errorurl"],
        fields,
        failure_url=form["errorurl"],
        unsigned_failure=_system_error_fields(form),
    )


def _result(bank: Bank, session: Authentication, good: bool) -> dict[str, str]:
    """Model 3D_PAY: the money is taken before the payer comes back."""
    if not good:
        return {"response": "Error"}
    session.used = True
    try:
        order = bank.charge(
            session.pan,
            gateway=GATEWAY,
            store=session.store,
            order_id=session.order_id,
            amount_minor=session.amount_minor,
            currency=session.currency,
            installments=session.installments,
        )
    except Refusal as refusal:
        code = "92" if refusal.why in ERRORS else refusal.why
        code = "12" if code == "82" else code
        return {"response": "Declined", "procreturncode": code, "errmsg": "İşleminizi gerçekleştiremiyoruz."}
    return {
        "response": "Approved",
        "procreturncode": "00",
        "authcode": order.auth_code,
        "hostrefnum": order.host_ref,
    }
