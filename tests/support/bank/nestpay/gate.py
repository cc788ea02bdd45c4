"""The simulator's 3-D gate of NestPay: /fim/est3Dgate."""

import secrets

from tests.support.bank import cards
from tests.support.bank.books import Authentication, Refusal
from tests.support.bank.core import Answer, Bank, Callback, minor, too_many
from tests.support.bank.nestpay import hashes
from tests.support.bank.nestpay.api import ERRORS, GATEWAY
from tests.support.bank.nestpay.stores import STORES, Store


def gate(bank: Bank, form: dict[str, str]) -> Answer:
    """The browser's form: hash, store and card are checked, then the payer is asked."""
    store = STORES.get(form.get("clientid", ""))
    pan = form.get("pan", "").replace(" ", "")
    known_type = form.get("storetype") in ("3d", "3d_pay")
    if store is None or not known_type or not cards.has_check_digit(pan):
        return bank.way_back(
            _error(form, {"Response": "Error", "ErrorCode": "HPP-1001", "ErrMsg": "Geçersiz istek"})
        )
    told = form.get("hash", "")
    if form.get("hashAlgorithm") != "ver3" or told != hashes.ver3(form, store.store_key):
        return bank.way_back(_error(form, _bad_hash()))
    session = Authentication(
        gateway=GATEWAY,
        store=store.client_id,
        order_id=form["oid"],
        amount_minor=minor(form["amount"], form["currency"]),
        currency=form["currency"],
        installments=form.get("taksit", ""),
        pan=pan,
        form=form,
    )
    return bank.open_session(session, lambda md_status: _finish(bank, store, session, md_status))


def _bad_hash() -> dict[str, str]:
    text = "Guvenlik Kodu hatali"
    return {"mdStatus": "7", "mdErrorMsg": text, "ErrMsg": text, "ErrCode": "3D-1004", "Response": "Error",
            "ProcReturnCode": "99"}  # fmt: skip


def _error(form: dict[str, str], fields: dict[str, str]) -> Callback:
    url = form.get("failUrl", "")
    return Callback(
        GATEWAY, form.get("oid", ""), url, {"oid": form.get("oid", ""), **fields}, failure_url=url
    )


def _finish(bank: Bank, store: Store, session: Authentication, md_status: str) -> Callback:
    form, good = session.form, md_status == "1"
    kept = {name: value for name, value in form.items() if name not in ("pan", "cv2", "hash", "rnd")}
    fields = {**kept, **_authentication(session, md_status)}
    if form["storetype"] == "3d_pay":
        fields |= _result(bank, session, good)
    fields["HASH"] = hashes.ver3(fields, store.store_key)
    paid = good and fields.get("Response", "Approved") == "Approved"
    return Callback(
        GATEWAY,
        session.order_id,
        form["okUrl"] if paid else form["failUrl"],
        fields,
        server_url=form.get("callbackUrl", ""),
        failure_url=form["failUrl"],
        unsigned_failure={"oid": session.order_id, **_bad_hash()},
        store_key=store.store_key,
    )


def _authentication(session: Authentication, md_status: str) -> dict[str, str]:
    good = md_status == "1"
    return {
        "md": session.md,
        "xid": secrets.token_urlsafe(20) if good else "",
        "eci": cards.ECI.get(md_status, "07"),
        "cavv": secrets.token_urlsafe(20) if good else "",
        "mdStatus": md_status,
        "mdErrorMsg": "Y-status/Challenge authentication via ACS" if good else "Doğrulama başarısız",
        "txstatus": "Y" if good else "N",
        "maskedCreditCard": f"{session.pan[:4]} {session.pan[4:6]}** **** {session.pan[-4:]}",
        "MaskedPan": f"{session.pan[:6]}***{session.pan[-4:]}",
        "rnd": secrets.token_urlsafe(15),
        "TRANID": "",
        "iReqCode": "",
        "iReqDetail": "",
        "vendorCode": "",
        "cavvAlgorithm": "",
        "PAResSyntaxOK": "true",
        "PAResVerified": "true" if good else "false",
        "merchantID": session.store,
        "digest": "digest",
        "dsId": "1",
        "sID": "1",
        "version": "2.0",
        "clientIp": "127.0.0.1",
        "encoding": "ISO-8859-9",
        "traceId": secrets.token_hex(16),
        "TDS2_transStatus": "Y" if good else "N",
        "TDS2_authenticationType": "01",
        "TDS2_dsTransID": secrets.token_hex(16),
        "TDS2_acsTransID": secrets.token_hex(16),
        "TDS2_authTimestamp": "202608091916",
        "TDS2_acsReferenceNumber": "SIMULATOR|1",
    }


def _result(bank: Bank, session: Authentication, good: bool) -> dict[str, str]:
    """Model 3d_pay: the money is taken before the payer comes back."""
    if not good:
        return {
            "Response": "Declined",
            "ProcReturnCode": "99",
            "AuthCode": "",
            "ErrMsg": "Doğrulama başarısız",
        }
    try:
        if too_many(session.installments):
            raise Refusal("installments")
        session.used = True
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
        code, text = ERRORS.get(refusal.why, (f"ISO8583-{refusal.why}", "Banka onayı alınamadı."))
        from_host = code.startswith("ISO8583-")
        return {
            "Response": "Declined" if from_host else "Error",
            "ProcReturnCode": refusal.why if from_host else "99",
            "EXTRA.ERRORCODE": code,
            "AuthCode": "",
            "ErrMsg": text,
        }
    return {
        "Response": "Approved",
        "ProcReturnCode": "00",
        "AuthCode": order.auth_code,
        "HostRefNum": order.host_ref,
        "TransId": order.transaction_id,
        "ErrMsg": "",
        "EXTRA.TRXDATE": order.time,
        "EXTRA.CARDBRAND": "VISA",
    }
