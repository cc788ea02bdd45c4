"""The settings of a channel: a field for each that the program knows, and what it does not know is left alone."""

import pytest

from config.kit.admin.lost_updates import SEEN
from payments import services
from payments.models import Channel
from tests.support.factories import ChannelFactory
from tests.support.pages import errors_of, form_data, page_url, save

ALL = {
    "refund_limit": "9000.50",
    "late_payments": "refund",
    "interest_rate_bound": 12,
    "time_zone": "Asia/Baku",
    "theme": {"colour": "red"},
}


@pytest.fixture
def channel(db) -> Channel:
    return ChannelFactory(conf=ALL)


def test_each_known_setting_is_a_field_and_the_rest_is_told_as_unknown(admin_pages, channel):
    answer = admin_pages.get(page_url(channel))
    data = form_data(answer)
    assert "conf" not in data
    assert (data["late_payments"], data["time_zone"]) == ("refund", "Asia/Baku")
    assert '"theme"' in data["other_settings"]
    assert not any(name in data["other_settings"] for name in ALL if name != "theme")
    assert "₺5,000.00" in answer.content.decode()  # what an empty limit means


def test_a_form_that_is_saved_as_it_was_opened_changes_nothing(admin_pages, channel):
    """Not even how the values are written: another program may have written them."""
    assert save(admin_pages, page_url(channel)).status_code == 302
    channel.refresh_from_db()
    assert channel.conf == ALL


def test_what_is_typed_is_kept_and_what_is_emptied_is_gone(admin_pages, channel):
    save(admin_pages, page_url(channel), refund_limit="1.250,75", late_payments="", time_zone="")
    channel.refresh_from_db()
    assert channel.conf == {
        "refund_limit": "1250.75",
        "interest_rate_bound": 12,
        "theme": {"colour": "red"},
    }


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("refund_limit", "-1"),
        ("refund_limit", "1.234"),  # one thousand, or one and a bit
        ("refund_limit", "many"),
        ("late_payments", "give back"),
        ("interest_rate_bound", "101"),
        ("time_zone", "Europe/Constantinople"),
        ("other_settings", '{"refund_limit": 1000000}'),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field(admin_pages, channel, field, text):
    assert field in errors_of(save(admin_pages, page_url(channel), **{field: text}))
    channel.refresh_from_db()
    assert channel.conf == ALL


@pytest.mark.parametrize(
    "conf",
    [
        {"refund_limit": "many"},
        {"refund_limit": -1},
        {"refund_limit": True},
        {"refund_limit": "NaN"},
        {"late_payments": "give back"},
        {"interest_rate_bound": []},
        {"time_zone": "Mars"},
    ],
    ids=str,
)
def test_the_api_refuses_it_too(api, db, conf):
    channel = ChannelFactory()
    answer = api.patch(f"/api/v1/channels/{channel.pk}/", {"conf": conf}, format="json")
    assert answer.status_code == 400
    assert list(conf)[0] in str(answer.json()["conf"])


def test_an_old_value_that_nobody_touches_is_no_hindrance(db):
    channel = ChannelFactory()
    Channel.objects.filter(pk=channel.pk).update(conf={"refund_limit": "many"})
    channel.refresh_from_db()
    services.channels.update(channel, name="Another name")


@pytest.mark.django_db(transaction=True)
def test_two_people_at_two_settings_are_asked(admin_pages, channel, finn):
    page = admin_pages.get(page_url(channel))
    opened = form_data(page) | {SEEN: page.context["seen_version"]}
    services.channels.update(channel, conf={**ALL, "refund_limit": "100"})
    answer = admin_pages.post(page_url(channel), opened | {"late_payments": ""})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.conflicts
    channel.refresh_from_db()
    assert channel.conf == {**ALL, "refund_limit": "100"}


def test_portals_are_entered_one_a_line(admin_pages, channel):
    wrong = save(admin_pages, page_url(channel), portal_origins="https://portal.example/path")
    assert "Enter web addresses without a path" in wrong.content.decode()
    origins = "https://portal.example\r\nhttps://shop.example:8443"
    assert save(admin_pages, page_url(channel), portal_origins=origins).status_code == 302
    channel.refresh_from_db()
    assert channel.conf["portal_origins"] == origins.split()
    assert channel.portal_origins == origins.split()
    assert "https://shop.example:8443" in admin_pages.get(page_url(channel)).content.decode()
    assert save(admin_pages, page_url(channel), portal_origins="").status_code == 302
    channel.refresh_from_db()
    assert "portal_origins" not in channel.conf
