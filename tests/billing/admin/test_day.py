"""The day on the dashboard: numbers, the lists behind them, whose they are, and what they cost."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Delivery, Payment
from billing.services.roll_up import roll_up
from config.kit.identity.models import Access
from config.kit.lib.days import start_of, today
from tests.billing.conftest import make_shop
from tests.billing.test_roll_up import REFUSED, set_columns
from tests.support.factories import ChannelFactory, UserFactory

LOST_ANSWER = "4111111111111046"


@pytest.fixture
def day(shop):
    """A capture, a decline and a payment in doubt, on three channels; the sums are made."""
    payments = [shop.charge().payment]
    payments.append(make_shop(first_number=70001).charge(REFUSED).payment)
    payments.append(make_shop(first_number=80001).charge(LOST_ANSWER).payment)
    roll_up()
    return payments


def listed(pages, url: str) -> list[Payment]:
    return sorted(pages.get(url).context["cl"].result_list, key=lambda payment: payment.pk)


def test_takings_of_today_stand_against_yesterday_and_last_week(admin_pages, day):
    noon = start_of(today())
    for ago, payment in ((1, day[0]),):
        set_columns(payment, created_date=noon - timedelta(days=ago), modified_date=timezone.now())
    roll_up()
    now, yesterday, week = admin_pages.get("/admin/").context["takings"]
    assert (now.now, yesterday.now, yesterday.whole, week.whole) == ("₺0.00", "₺215.40", "₺215.40", "₺0.00")
    assert listed(admin_pages, yesterday.url) == [day[0]]
    assert listed(admin_pages, now.url) == []


def test_the_chart_has_a_table_with_the_same_numbers(admin_pages, day):
    context = admin_pages.get("/admin/").context
    cells = [cell for _hour, cells in context["hours"] for cell in cells]
    (found,) = [(amount, url) for amount, url in cells if amount != "₺0.00"]
    assert found[0] == "₺215.40"
    assert listed(admin_pages, found[1]) == [day[0]]
    assert "215.4" in context["chart"]


def test_success_by_pos_bank_card_and_3d_lead_to_their_payments(admin_pages, day):
    success = admin_pages.get("/admin/").context["success"]
    assert set(success) == {"By POS", "By bank", "By card family", "3-D Secure"}
    finished = {payment.pos.name: payment for payment in day[:2]}
    rates = {row.name: row.rate for row in success["By POS"]}
    assert rates == {day[0].pos.name: "100%", day[1].pos.name: "0%"}
    for row in success["By POS"]:
        assert listed(admin_pages, row.url) == [finished[row.name]]
    for title in ("By bank", "By card family"):
        assert sum(row.count for row in success[title]) == 2
        for row in success[title]:
            assert len(listed(admin_pages, row.url)) == row.count, row
    (direct,) = success["3-D Secure"]
    assert (direct.name, direct.count, direct.rate) == ("Without", 2, "50%")
    assert listed(admin_pages, direct.url) == day[:2]


def test_declines_are_counted_by_their_reason(admin_pages, day):
    (decline,) = admin_pages.get("/admin/").context["declines"]
    assert (decline.count, decline.rate) == (1, "100%")
    assert listed(admin_pages, decline.url) == [day[1]]


@pytest.mark.parametrize(
    ("minutes", "age"),
    [(1, "Under 10 minutes"), (30, "10 to 60 minutes"), (300, "1 to 24 hours"), (9000, "Over a day")],
)
def test_doubt_is_shown_by_age_with_its_money(admin_pages, day, minutes, age):
    set_columns(day[2], created_date=timezone.now() - timedelta(minutes=minutes))
    (doubt,) = admin_pages.get("/admin/").context["doubt"]
    assert (doubt.name, doubt.count, doubt.amount) == (age, 1, "₺215.40")
    assert listed(admin_pages, doubt.url) == [day[2]]


def test_channel_currency_and_period_stay_in_the_address(admin_pages, day):
    channel = day[1].channel
    response = admin_pages.get("/admin/", {"channel": channel.pk, "currency": "TRY", "period": "7days"})
    choice = response.context["choice"]
    assert (choice.channel, choice.currency, choice.period) == (channel, "TRY", "7days")
    assert [row.count for row in response.context["success"]["By POS"]] == [1]
    for _label, url, _chosen in response.context["periods"]:
        assert f"channel={channel.pk}" in url
    for row in response.context["success"]["By POS"]:
        assert f"channel__id__exact={channel.pk}" in row.url
    other = admin_pages.get("/admin/", {"currency": "EUR"}).context
    assert not other["success"]
    assert other["takings"][0].now == "€0.00"


@pytest.mark.parametrize(
    "query", [{"channel": "x"}, {"channel": "9" * 30}, {"currency": "'"}, {"period": "ever"}]
)
def test_a_choice_that_does_not_exist_is_the_usual_one(admin_pages, day, query):
    response = admin_pages.get("/admin/", query)
    assert response.status_code == 200
    assert response.context["choice"].period == "today"
    assert response.context["choice"].currency == "TRY"


def test_nobody_sees_takings_without_the_right_to_see_payments(browser, day):
    person = UserFactory(username="narrow")
    person.user_permissions.add(Permission.objects.get(codename="view_account"))
    page = browser(person).get("/admin/")
    assert "takings" not in page.context
    assert "215.40" not in page.content.decode()


def test_a_person_for_one_channel_sees_that_channel(browser, day):
    person = UserFactory(username="limited", role="Operator")
    Access.objects.create(user=person, channels=[day[1].channel_id])
    context = browser(person).get("/admin/").context
    assert [channel.pk for channel in context["choice"].channels] == [day[1].channel_id]
    assert context["takings"][0].now == "₺0.00"


def test_the_lag_of_the_sums_is_shown(admin_pages, shop):
    assert "There are no totals yet" in admin_pages.get("/admin/").content.decode()
    roll_up()
    response = admin_pages.get("/admin/")
    assert not response.context["is_late"]
    assert "Totals of" in unescape(response.content.decode())


def test_the_worker_and_the_hub_are_watched(admin_pages, db):
    alerts = {alert.text: alert for alert in admin_pages.get("/admin/").context["alerts"]}
    assert any("No worker is running" in text for text in alerts)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    texts = [alert.text for alert in admin_pages.get("/admin/").context["alerts"]]
    assert not any("No worker is running" in text for text in texts)
    assert not any("Events" in text for text in texts)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("role", ["Administrator", "Operator", "Finance", "Auditor"])
def test_the_page_costs_at_most_ten_statements(browser, day, role):
    pages = browser(UserFactory(role=role))
    pages.get("/admin/")
    ChannelFactory.create_batch(5)
    with CaptureQueriesContext(connection) as captured:
        assert pages.get("/admin/").status_code == 200
    assert len(captured) <= 10, "\n".join(query["sql"][:120] for query in captured)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_amounts_are_written_as_the_reader_does(admin_pages, day, language):
    page = admin_pages.get("/admin/", headers={"accept-language": language}).content.decode()
    assert ("₺215.40" if language == "en" else "215,40\N{NO-BREAK SPACE}₺") in page
