"""Statements of bank accounts: both formats say the same, and one credit is found for many lines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing import services
from billing.models import AccountFile, AccountMovement
from billing.statements.account_loading import load_account_file
from billing.statements.payouts import list_payouts
from billing.statements.refusals import StatementRefusedError
from config.kit.lib.days import today
from payments.models import BankAccount
from tests.billing.statements.test_desk import desk, load, row_of  # noqa: F401  `desk` is a fixture
from tests.support.factories import BankAccountFactory

IBAN = "TR330006100519786457841326"
MT940 = f""":20:STARTUMS
:25:{IBAN}
:28C:00049/001
:60F:C261119TRY1000,00
:61:2611201120C195,69NTRFT1//REF1
:86:POS T1 ODEMESI
:61:2611201120D50,00NTRFX//REF2
:86:KIRA
:62F:C261120TRY1145,69
-""".encode()


def camt(closing: str = "1145.69", iban: str = IBAN, version: str = "02") -> bytes:
    def entry(amount: str, kind: str, reference: str, text: str) -> str:
        return (
            f'<Ntry><Amt Ccy="TRY">{amount}</Amt><CdtDbtInd>{kind}</CdtDbtInd><ValDt><Dt>2026-11-20</Dt></ValDt>'
            f"<AcctSvcrRef>{reference}</AcctSvcrRef><AddtlNtryInf>{text}</AddtlNtryInf></Ntry>"
        )

    def balance(kind: str, amount: str) -> str:
        return (
            f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="TRY">{amount}</Amt>'
            "<CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        )

    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<Stmt><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{balance('OPBD', '1000.00')}{balance('CLBD', closing)}"
        f"{entry('195.69', 'CRDT', 'REF1', 'POS T1 ODEMESI')}{entry('50.00', 'DBIT', 'REF2', 'KIRA')}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


@pytest.fixture
def account(db) -> BankAccount:
    return BankAccountFactory(iban=IBAN)


def put(account, data: bytes):
    return load_account_file(account, data=data, name="account", user_id=None)


@pytest.mark.parametrize("data", [MT940, camt(), camt(version="08")], ids=["mt940", "camt-2", "camt-8"])
def test_both_formats_say_the_same(account, data):
    file, created = put(account, data)
    assert (file.opening, file.closing, created) == (Decimal(1000), Decimal("1145.69"), 2)
    assert list(AccountMovement.objects.values_list("amount", "reference", "text")) == [
        (Decimal("195.69"), "REF1", "POS T1 ODEMESI"),
        (Decimal("-50.00"), "REF2", "KIRA"),
    ]


def test_a_movement_is_stored_once(account):
    put(account, MT940)
    assert put(account, MT940)[1] == 0
    assert put(account, camt())[1] == 0  # another file with the same movements
    assert (AccountFile.objects.count(), AccountMovement.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "data",
    [
        MT940.replace(b"1145,69", b"1145,70"), camt("1145.70"), MT940.replace(b"TR33", b"TR34"), camt(iban="TR00"),
        MT940[: MT940.index(b":62F")], camt()[:-40], b"", b"Tarih;Tutar\n", b"<html/>",
        b'<!DOCTYPE x [<!ENTITY e "y">]>' + camt()[21:],
    ],
    ids=["sum", "camt-sum", "account", "camt-account", "cut", "camt-cut", "empty", "csv", "html", "entities"],
)  # fmt: skip
def test_a_wrong_file_is_refused_whole(account, data):
    with pytest.raises(StatementRefusedError):
        put(account, data)
    assert not AccountFile.objects.exists()
    assert not AccountMovement.objects.exists()


@pytest.fixture
def listed(desk):  # noqa: F811  the fixture
    bank = desk.agreement.bank
    account = BankAccountFactory(bank=bank, iban=IBAN)
    services.acquiring_agreements.update(desk.agreement, account=account)
    value_day = today() - timedelta(days=1)
    refund = row_of(desk.payment, reference="R1", gross=-1540, commission=0, value_day=value_day)
    load(desk, row_of(desk.payment, value_day=value_day), refund)
    desk.account, desk.value_day = account, value_day
    return desk


def credit(shop, amount: str, day) -> None:
    closing = f"{Decimal(950) + Decimal(amount.replace(',', '.')):.2f}".replace(".", ",")
    text = MT940.decode().replace("195,69", amount).replace("1145,69", closing)
    put(shop.account, text.replace(":61:2611201120C", f":61:{day:%y%m%d%m%d}C").encode())


def test_one_credit_is_all_lines_of_a_value_date(listed):
    days = (today() - timedelta(days=7), today())
    (payout,) = list_payouts([listed.pos.pk], *days)
    assert (payout.net, payout.arrived_on, payout.is_missing) == (Decimal("195.69"), None, True)
    credit(listed, "195,69", today())
    (payout,) = list_payouts([listed.pos.pk], *days)
    assert (payout.arrived_on, payout.is_missing) == (today(), False)


def test_another_sum_is_no_payout(listed):
    credit(listed, "195,68", today())
    (payout,) = list_payouts([listed.pos.pk], today() - timedelta(days=7), today())
    assert payout.is_missing


def test_it_is_uploaded_and_seen_at_the_desk(listed, browser, finn):
    client = browser(finn)
    url = reverse("billing_admin:account_file_upload")
    assert client.get(url).status_code == 200
    form = {"account": listed.account.pk, "file": SimpleUploadedFile("account.sta", MT940)}
    assert "2 new movements." in client.post(url, form, follow=True).content.decode()
    for model in ("accountfile", "accountmovement"):
        assert client.get(reverse(f"admin:billing_{model}_changelist")).status_code == 200
    assert "195.69" in client.get(reverse("billing_admin:payouts")).content.decode()
    bad = {"account": listed.account.pk, "file": SimpleUploadedFile("account.sta", b"nothing")}
    assert "neither MT940 nor CAMT.053" in client.post(url, bad).content.decode()
