"""Requests that are generated from the documents of the contracts, good and bad, with every check of schemathesis.

The native API and Paywall have theirs beside their other tests.
"""

import pytest

from tests.contracts.bimetri.conftest import make_portal_shop
from tests.contracts.naviga.conftest import make_world
from tests.contracts.tmf.conftest import make_telco
from tests.support.openapi import checks_but, examples, one_connection, schema_of, send, token_headers

__all__ = ["one_connection", "token_headers"]

pytestmark = pytest.mark.usefixtures("one_connection")
COUNT = 12

bimetri = schema_of("bimetri")
naviga = schema_of("naviga")
tmf676 = schema_of("tmf676").exclude(path_regex="^/oauth")
tmf670 = schema_of("tmf670").exclude(path_regex="^/(oauth|hub)")


@pytest.fixture
def portal(db, ada):
    from billing.contracts.bimetri.auth import issue_token

    make_portal_shop()
    return {"Authorization": f"Bearer {issue_token(ada, remember=False)}"}


@bimetri.parametrize()
@examples(COUNT)
def test_bimetri(case, portal):
    send(case, headers=portal, checks=checks_but())


@pytest.fixture
def site(db):
    return make_world().headers()


@naviga.parametrize()
@examples(COUNT)
def test_naviga(case, site):
    send(case, headers=site, checks=checks_but())


@pytest.fixture
def telco(db):
    return make_telco()


@tmf676.parametrize()
@examples(COUNT)
def test_tmf676(case, token_headers, telco):
    send(case, headers=token_headers, checks=checks_but())


@tmf670.parametrize()
@examples(COUNT)
def test_tmf670(case, token_headers, telco):
    send(case, headers=token_headers, checks=checks_but())
