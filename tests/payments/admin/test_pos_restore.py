"""A POS goes back to an earlier version of itself, with its secrets; what takes two people takes two people."""

import pytest

from config.kit.audit.models import Entry
from config.kit.identity.models import ConfigurationChange
from payments import services
from payments.models import POS, PosVersion
from payments.pos_gateway import full_config
from tests.support.factories import NESTPAY, PosFactory
from tests.support.pages import page_url

FIRST = {
    "username": "u",
    "password": "first secret",
    "store_key": "123456",
    "client_id": "100",
    "mode": "TEST",
}
SECOND = {**FIRST, "client_id": "200", "password": "second secret", "store_key": "654321"}


@pytest.fixture
def pos(channel) -> POS:
    """It was terminal 100 at one address, and is terminal 200 at another."""
    pos = PosFactory(
        channel=channel,
        gateway=NESTPAY,
        config=FIRST,
        resource_url="https://entegrasyon.asseco-see.com.tr/fim/api",
    )
    services.pos.update(pos, config=SECOND, resource_url="https://sanalpos.isbank.com.tr/fim/api")
    return pos


@pytest.fixture
def earlier(pos) -> PosVersion:
    return PosVersion.objects.earliest("pk")


def preview(pages, pos, version):
    return pages.get(page_url(pos, "restore"), {"version": version.pk})


def restore(pages, pos, version, seen=None, reason=""):
    seen = seen or preview(pages, pos, version).context["preview"].seen
    url = f"{page_url(pos, 'restore')}?version={version.pk}"
    page = pages.post(url, {"seen": seen, "reason": reason}, follow=True)
    pos.refresh_from_db()
    return page


def test_the_preview_shows_what_changes_and_no_secret(operator_pages, pos, earlier):
    page = preview(operator_pages, pos, earlier)
    shown = {str(row[0]): row[1:] for row in page.context["preview"].tables[0].rows}
    assert ("200", "100") in shown.values()
    assert "first secret" not in page.content.decode()
    assert "second secret" not in page.content.decode()
    assert pos.config["client_id"] == "200"


def test_the_earlier_version_comes_back_with_its_secrets(operator_pages, pos, earlier):
    page = restore(operator_pages, pos, earlier, reason="The new terminal declines")
    assert "earlier version is in use" in page.content.decode()
    assert Entry.objects.filter(object_type="payments.pos").latest("pk").reason == "The new terminal declines"
    config = full_config(pos)
    assert (config["client_id"], config["password"], config["store_key"]) == ("100", "first secret", "123456")
    assert pos.resource_url == "https://entegrasyon.asseco-see.com.tr/fim/api"
    assert PosVersion.objects.filter(pos=pos).count() == 2


def test_and_back_again(operator_pages, pos, earlier):
    restore(operator_pages, pos, earlier)
    restore(operator_pages, pos, PosVersion.objects.latest("pk"))
    assert full_config(pos)["password"] == "second secret"


def test_what_changed_since_the_preview_is_shown_again(operator_pages, pos, earlier):
    seen = preview(operator_pages, pos, earlier).context["preview"].seen
    services.pos.update(pos, config_changes={"password": "third secret"})
    page = restore(operator_pages, pos, earlier, seen=seen)
    assert "Review it again" in page.content.decode()
    assert full_config(pos)["password"] == "third secret"


def test_versions_of_another_pos_are_no_choice(operator_pages, pos):
    other = PosFactory(channel=pos.channel)
    foreign = PosVersion.objects.get(pos=other)
    assert "version" in preview(operator_pages, pos, foreign).context["form"].errors
    for value in ("x", "0", "9" * 30, ""):
        page = operator_pages.get(page_url(pos, "restore"), {"version": value})
        assert page.context["form"].errors


def test_who_may_not_change_the_pos_may_not_restore_it(auditor_pages, pos, earlier):
    assert preview(auditor_pages, pos, earlier).status_code == 403
    assert auditor_pages.post(f"{page_url(pos, 'restore')}?version={earlier.pk}").status_code == 403


def test_it_takes_the_second_person_that_a_change_by_hand_takes(
    operator_pages, admin_pages, settings, pos, earlier
):
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    assert "another user must approve" in preview(operator_pages, pos, earlier).content.decode().lower()
    page = restore(operator_pages, pos, earlier)
    assert "Tell why it is needed" in page.content.decode()
    assert not ConfigurationChange.objects.exists()
    restore(operator_pages, pos, earlier, reason="The new terminal declines")
    assert pos.config["client_id"] == "200"
    change = ConfigurationChange.objects.get()
    assert "first secret" not in str(change.lines)
    admin_pages.post(page_url(change, "approve"), {"note": ""}, follow=True)
    pos.refresh_from_db()
    assert full_config(pos)["password"] == "first secret"


def test_a_pos_that_was_never_another_offers_nothing(operator_pages, channel):
    page = operator_pages.get(page_url(PosFactory(channel=channel))).content.decode()
    assert "Earlier versions" not in page
