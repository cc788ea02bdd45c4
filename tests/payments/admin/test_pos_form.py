"""The POS form: fields by gateway, secrets behind masks, errors at their fields, cloning."""

import re

import pytest

from config.kit.admin.lost_updates import SEEN
from config.kit.lib.errors import UniqueSetsError
from payments import services
from payments.admin.gateway_fields import value_fields
from payments.admin.gateway_texts import LABELS
from payments.gateways import registry
from payments.models import POS
from payments.pos_gateway import full_config
from payments.services.pos_service import PosService
from tests.support.factories import DUMMYPAY, GPAY, NESTPAY, ChannelFactory, PosFactory
from tests.support.pages import add_url, errors_of, form_data, page_url, save

FIBA = "omnicore.libs.payment_gateways.fiba_credit.FibaCreditGateway"
GPAY_CONFIG = {
    "auth": {
        "password": "geheim-passwort",
        "merchant_id": "111",
        "terminal_id": "222",
        "prov_username": {"oos": "oos", "refund": "ref"},
    },
    "store_key": "geheimer-schluessel",
    "refund_url": "https://refund.example/",
    "company_name": "AAA",
}


@pytest.fixture
def gpay(channel) -> POS:
    return PosFactory(channel=channel, gateway=GPAY, config=GPAY_CONFIG, name="Garanti Pay", slug="gpay")


def added(admin_pages, channel, **fields):
    data = form_data(admin_pages.get(add_url(POS)))
    data |= {"channel": channel.pk, "name": "New", "slug": "new", "resource_url": "https://bank.example/"}
    return admin_pages.post(add_url(POS), data | fields)


def test_every_field_of_every_gateway_has_a_label_for_operators():
    for gateway in registry.GATEWAYS:
        for path, _field in value_fields(gateway.config_class()):
            assert path[-1] in LABELS.keys() | gateway.config_class.labels.keys(), path


def test_the_form_has_the_fields_of_the_schema_with_their_marks(admin_pages):
    form = admin_pages.get(add_url(POS)).context["adminform"].form
    assert form.fields["config__gpay__auth__prov_username__oos"].required
    assert not form.fields["config__gpay__version"].required
    assert form["config__gpay__timeout_period"].value() == 300
    assert [value for value, _text in form.fields["config__nestpay__store_type"].choices] == ["3d", "3d_pay"]


def test_only_the_chosen_gateways_settings_show(admin_pages, gpay):
    page = admin_pages.get(page_url(gpay)).content.decode()
    assert 'gateway-settings gateway-gpay"' in page.replace("  ", " ")
    assert "gateway-settings gateway-nestpay gateway-hidden" in page


def test_a_pos_is_made_with_its_nested_config_and_defaults(admin_pages, channel):
    names = {
        "config__gpay__auth__password": "geheim-1",
        "config__gpay__auth__merchant_id": "1",
        "config__gpay__auth__terminal_id": "2",
        "config__gpay__auth__prov_username__oos": "oos",
        "config__gpay__auth__prov_username__refund": "refund",
        "config__gpay__store_key": "geheim-2",
        "config__gpay__refund_url": "https://refund.example/",
        "config__gpay__company_name": "AAA",
        "config__gpay__timeout_period": "",
    }
    response = added(admin_pages, channel, gateway=GPAY, **names)
    assert response.status_code == 302, errors_of(response)
    pos = POS.objects.get(slug="new")
    assert pos.config["auth"]["prov_username"] == {"oos": "oos", "refund": "refund"}
    assert pos.config["timeout_period"] == 300
    assert pos.secret_config == {"auth": {"password": "geheim-1"}, "store_key": "geheim-2"}


def test_errors_of_the_config_land_on_their_fields_together_with_others(admin_pages, channel):
    response = added(admin_pages, channel, gateway=NESTPAY, name="")
    errors = errors_of(response)
    assert set(errors) == {"name"} | {
        f"config__nestpay__{name}" for name in ("username", "store_key", "password", "client_id")
    }
    nested = errors_of(added(admin_pages, channel, gateway=GPAY))
    assert "config__gpay__auth__prov_username__oos" in nested


def test_wrong_values_of_another_gateway_are_left_alone(admin_pages, channel):
    response = added(admin_pages, channel, gateway=DUMMYPAY, config__gpay__timeout_period="many")
    assert response.status_code == 302, errors_of(response)


def test_secrets_are_never_in_the_page_and_the_mask_keeps_them(admin_pages, gpay):
    page = admin_pages.get(page_url(gpay)).content.decode()
    assert "geheim" not in page
    assert "********" not in page
    assert re.search(r"Set on [A-Z][a-z.]+ \d+, \d{4}, ends …rt", page)
    assert 'type="password"' in page
    revision = gpay.secrets_revision
    response = save(admin_pages, page_url(gpay), config__gpay__company_name="BBB")
    assert response.status_code == 302, errors_of(response)
    gpay.refresh_from_db()
    assert gpay.config["company_name"] == "BBB"
    assert gpay.secret_config["auth"]["password"] == "geheim-passwort"
    assert gpay.secrets_revision == revision


def test_a_new_secret_is_stored_and_not_written_back_after_an_error(admin_pages, gpay):
    changes = {"config__gpay__store_key": "ganz-neu", "config__gpay__company_name": ""}
    page = save(admin_pages, page_url(gpay), **changes)
    assert "config__gpay__company_name" in errors_of(page)
    assert "ganz-neu" not in page.content.decode()
    assert save(admin_pages, page_url(gpay), config__gpay__store_key="ganz-neu").status_code == 302
    gpay.refresh_from_db()
    assert gpay.secret_config["store_key"] == "ganz-neu"
    assert gpay.secret_config["auth"]["password"] == "geheim-passwort"


def test_fields_that_a_gateway_does_not_know_are_kept(admin_pages, channel):
    config = {"client_id": "1", "client_secret": "geheim-3", "limit": 5, "api_token": "geheim-4"}
    pos = PosFactory(channel=channel, gateway=FIBA, config=config)
    page = admin_pages.get(page_url(pos)).content.decode()
    assert "geheim" not in page
    response = save(admin_pages, page_url(pos), name="Renamed")
    assert response.status_code == 302, errors_of(response)
    pos.refresh_from_db()
    assert full_config(pos) == config


def test_other_fields_have_to_be_an_object(admin_pages, channel):
    values = {"config__fiba_credit__client_id": "1", "config__fiba_credit__client_secret": "s"}
    response = added(admin_pages, channel, gateway=FIBA, config__fiba_credit__other_fields="[1]", **values)
    assert "config__fiba_credit__other_fields" in errors_of(response)


def test_the_gateway_can_be_changed(admin_pages, gpay):
    changes = {"gateway": DUMMYPAY, "config__dummypay__three_d_enabled": "on"}
    response = save(admin_pages, page_url(gpay), **changes)
    assert response.status_code == 302, errors_of(response)
    gpay.refresh_from_db()
    assert gpay.config["three_d_enabled"] is True
    assert gpay.secret_config == {}


def test_the_channel_stays(admin_pages, gpay):
    other = ChannelFactory()
    save(admin_pages, page_url(gpay), channel=other.pk)
    gpay.refresh_from_db()
    assert gpay.channel_id != other.pk


def test_a_taken_slug_is_an_error_of_the_form(admin_pages, gpay):
    response = added(admin_pages, gpay.channel, gateway=DUMMYPAY, slug=gpay.slug)
    assert "already exists" in str(errors_of(response)["__all__"])


def refuse_saving(monkeypatch, times: int) -> None:
    """The slug is taken between the form's check and the save, `times` times."""
    original = PosService.save
    calls = iter(range(times))

    def save_late(self, instance):
        if next(calls, None) is not None:
            raise UniqueSetsError([("slug", "channel")])
        return original(self, instance)

    monkeypatch.setattr(PosService, "save", save_late)


def test_a_form_that_was_overtaken_is_checked_again(admin_pages, channel, monkeypatch):
    refuse_saving(monkeypatch, times=1)
    assert added(admin_pages, channel, gateway=DUMMYPAY).url.endswith("/pos/")
    assert POS.objects.filter(slug="new").count() == 1


def test_a_form_that_is_overtaken_again_says_why(admin_pages, channel, monkeypatch):
    refuse_saving(monkeypatch, times=2)
    response = added(admin_pages, channel, gateway=DUMMYPAY)
    assert "already exists" in admin_pages.get(response.url).content.decode()
    assert not POS.objects.exists()


def test_a_clone_has_everything_but_the_secrets(admin_pages, gpay):
    other = ChannelFactory()
    url = page_url(gpay).replace("/change/", "/clone/")
    assert admin_pages.get(url).status_code == 200
    response = admin_pages.post(url, {"channel": other.pk, "name": "Copy", "slug": "copy"}, follow=True)
    assert "cloned without its secrets" in response.content.decode()
    clone = POS.objects.get(slug="copy")
    assert (clone.channel, clone.config, clone.secret_config) == (other, gpay.config, {})


def test_a_clone_under_a_taken_slug_is_an_error(admin_pages, gpay):
    data = {"channel": gpay.channel_id, "name": "Copy", "slug": gpay.slug}
    page = admin_pages.post(page_url(gpay).replace("/change/", "/clone/"), data)
    assert page.status_code == 200
    assert "already exists" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_settings_of_a_gateway_are_asked(admin_pages):
    pos = PosFactory()
    page = admin_pages.get(page_url(pos))
    opened = form_data(page) | {SEEN: page.context["seen_version"]}
    services.pos.update(pos, config={**pos.config, "three_d_enabled": True})
    answer = admin_pages.post(page_url(pos), opened)
    assert [conflict.now for conflict in answer.context["adminform"].form.conflicts] == ["yes"]
    pos.refresh_from_db()
    assert pos.config["three_d_enabled"]
