"""`manage.py sandbox`: credentials of each contract that work, until the next run."""

import json
import shlex

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from config import sandbox
from tests.support.factories import ChannelFactory

pytestmark = pytest.mark.django_db


def printed(capsys, *options: str) -> str:
    call_command("sandbox", *options)
    return capsys.readouterr().out


def statuses(keys) -> dict[str, int]:
    """Of one request to each contract."""
    client, tmf, site = Client(), keys["tmf"], keys["naviga"]
    form = {
        "grant_type": "client_credentials",
        "client_id": tmf["client_id"],
        "client_secret": tmf["client_secret"],
    }
    login = {name: keys["bimetri"][name] for name in ("screenName", "password")}
    headers = {name: value for name, value in site.items() if name.startswith("X-")}
    pair = {name: keys["paywall"][name] for name in ("apikeyprivate", "apiclientprivate")}
    answers = {
        "native": client.get("/api/v1/banks/", headers={"Authorization": f"Token {keys['native']['token']}"}),
        "bimetri": client.post("/api/auth/login", login, content_type="application/json"),
        "naviga": client.get(
            "/Billing/PaymentMethods/1", headers={**headers, "Authorization": f"Bearer {site['token']}"}
        ),
        "tmf": client.post("/oauth/token", form),
        "paywall": client.get("/paywall/card/insurance", headers={**pair, "relationalid1": "1"}),
    }
    return {name: answer.status_code for name, answer in answers.items()}


WORKING = {"native": 200, "bimetri": 200, "naviga": 404, "tmf": 200, "paywall": 200}


def test_the_credentials_of_each_contract_work_until_the_next_run(capsys):
    first = json.loads(printed(capsys, "--json"))
    assert set(first) == set(WORKING)
    assert statuses(first) == WORKING
    second = json.loads(printed(capsys, "--json"))
    assert statuses(second) == WORKING
    assert statuses(first) == {"native": 401, "bimetri": 401, "naviga": 401, "tmf": 401, "paywall": 401}


def test_they_are_printed_for_people_and_for_shells(capsys):
    text = printed(capsys)
    for contract in WORKING:
        assert f"\n{contract}\n" in f"\n{text}"
    lines = printed(capsys, "--shell").strip().splitlines()
    variables = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    assert {"URL", "NATIVE_TOKEN", "BIMETRI_PASSWORD", "NAVIGA_X_SOURCESYSTEM", "TMF_CLIENT_SECRET"} < set(
        variables
    )
    assert variables["BIMETRI_SCREENNAME"] == sandbox.NAME


def test_it_is_refused_in_production(settings, capsys):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        printed(capsys)


def test_it_touches_no_data_of_others(capsys):
    ChannelFactory(slug="somebody-elses")
    with pytest.raises(CommandError, match="demo data"):
        printed(capsys)
