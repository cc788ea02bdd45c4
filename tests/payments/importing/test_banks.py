"""Banks of a channel from a file."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from config.kit.importing.errors import FileUnreadableError
from payments.importing.banks import import_banks
from payments.models import Bank
from tests.support.factories import BankFactory
from tests.support.files import csv_file, lines, statuses


def load(channel, text, encoding="utf-8", **options):
    return import_banks(channel=channel, file=csv_file(text, encoding), **options)


def slugs(channel) -> dict[str, str]:
    return dict(Bank.objects.filter(channel=channel).values_list("name", "slug"))


def test_it_makes_slugs_of_turkish_names(channel):
    load(channel, "name\nTürkiye İş Bankası\nŞekerbank\nIğdır Çağdaş Bankası\n").close()
    assert slugs(channel) == {
        "Türkiye İş Bankası": "turkiye-is-bankasi",
        "Şekerbank": "sekerbank",
        "Iğdır Çağdaş Bankası": "igdir-cagdas-bankasi",
    }


def test_it_reads_any_order_of_columns_and_ignores_others(channel, settings):
    settings.LOGO_HOSTS = ["logos.example"]
    text = "channel;logo;slug;name;pk\n77;https://logos.example/a.png;ak;Akbank;1\n"
    assert statuses(load(channel, text)) == {"Akbank": "created"}
    bank = Bank.objects.get(channel=channel)
    assert (bank.slug, bank.logo_source) == ("ak", "https://logos.example/a.png")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254"])
def test_it_reads_the_encodings_of_the_contract(channel, encoding):
    assert statuses(load(channel, "name\nŞekerbank\nİş Bankası\n", encoding)) == {
        "Şekerbank": "created",
        "İş Bankası": "created",
    }


def test_a_bank_is_known_by_its_slug_else_by_its_name(channel):
    BankFactory(channel=channel, name="Akbank", slug="ak")
    assert lines(load(channel, "name,slug\nAKBANK,\nAk Bank,ak\nTEB,teb\nTeb,\nTEB,teb\n")) == [
        (2, "AKBANK", "exists"),
        (3, "Ak Bank", "exists"),
        (4, "TEB", "created"),
        (5, "Teb", "exists"),
        (6, "TEB", "duplicate in file"),
    ]


def test_different_names_get_different_slugs_and_stay_known(channel):
    text = "name\nBanka C\nBanka Ç\nbanka c\n"
    expected = {"Banka C": "created", "Banka Ç": "created", "banka c": "duplicate in file"}
    assert statuses(load(channel, text)) == expected
    assert slugs(channel) == {"Banka C": "banka-c", "Banka Ç": "banka-c-2"}
    assert statuses(load(channel, text)) == {
        "Banka C": "exists", "Banka Ç": "exists", "banka c": "duplicate in file",
    }  # fmt: skip


def test_too_many_names_of_one_slug_are_refused(channel):
    names = "".join(f"A{'!' * number}\n" for number in range(22))
    with load(channel, f"name\n{names}") as report:
        assert report.counts["created"] == 20
        assert {row.reason for row in report.rejects()} == {"no free slug of the name; give one"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",x,", "no name"),
        (f"{'x' * 129},,", "name longer than 128 characters"),
        ('"Two\nlines",,', "name of more than one line"),
        ("Bank,two words,", "slug of other than letters, digits, hyphens and underscores"),
        ("!!!,,", "no letter or digit in the name to make a slug of; give one"),
        ("Bank,,javascript:alert(1)", "logo is no URL"),
        (f"Bank,,https://x.example/{'y' * 500}", "logo is no URL"),
        ("Bank,,,extra", "4 columns where 3 are expected"),
    ],
)
def test_it_says_why_a_row_is_invalid_and_saves_the_others(channel, row, reason):
    with load(channel, f"name,slug,logo\n{row}\nGood,,\n") as report:
        assert [found.reason for found in report.rejects()] == [reason]
        assert report.counts["created"] == 1


def test_a_row_without_a_name_is_called_by_its_line(channel):
    assert statuses(load(channel, "name,slug\n,x\n")) == {"line 2": "invalid: no name"}


def test_a_file_without_the_name_column_is_refused(channel):
    with pytest.raises(
        FileUnreadableError, match="Column name is missing; expected columns: name, slug, logo"
    ):
        load(channel, "title\nAkbank\n")


def test_logos_of_allowed_hosts_are_fetched_later(channel, settings):
    settings.LOGO_HOSTS = ["logos.example"]
    load(
        channel,
        "name,logo\nA,https://logos.example/a.png\nB,http://logos.example/b.png\nC,https://other.example/c.png\n",
    ).close()
    bank = Bank.objects.get(name="A")
    (job,) = ProcrastinateJob.objects.all()
    assert (job.task_name, job.args) == ("payments.fetch_bank_logo", {"bank_id": bank.pk})


def test_a_dry_run_defers_nothing(channel, settings):
    settings.LOGO_HOSTS = ["logos.example"]
    load(channel, "name,logo\nA,https://logos.example/a.png\n", dry_run=True).close()
    assert not Bank.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_logo_that_is_never_fetched_is_said_so(channel, settings):
    settings.LOGO_HOSTS = ["logos.example"]
    BankFactory(channel=channel, name="Old", slug="old")
    text = (
        "name,logo\nA,https://logos.example/a.png\nB,http://logos.example/b.png\nC,https://other.example/c.png\n"
        "D,https://10.0.0.1/d.png\nE,ftp://logos.example/e.png\nOld,http://logos.example/o.png\nF,\n"
    )
    with load(channel, text, dry_run=True) as report:
        assert report.noted == 3
        assert [(row.line, str(row.note)) for row in report.notes()] == [
            (3, "logo is not fetched: only https addresses are"),
            (4, "logo is not fetched: its host is not allowed"),
            (5, "logo is not fetched: its host is a private address"),
        ]
        assert report.counts["created"] == 5
    assert statuses(load(channel, text)) == {
        "A": "created",
        "B": "created",
        "C": "created",
        "D": "created",
        "E": "invalid: logo is no URL",
        "Old": "exists",
        "F": "created",
    }


def test_banks_of_one_name_have_a_status_each(channel):
    BankFactory(channel=channel, name="Teb", slug="teb-2")
    text = "name,slug,logo\nTEB,teb,https://other.example/a.png\nAkbank,ak,\nTEB,teb-2,\nTEB,teb-3,\nTEB,teb-3,\n"
    with load(channel, text) as report:
        assert list(report.statuses()) == [
            ("TEB (line 2)", "created"),
            ("Akbank", "created"),
            ("TEB (line 4)", "exists"),
            ("TEB (line 5)", "created"),
            ("TEB", "duplicate in file"),
        ]
        assert report.noted == 1
