"""Work in bulk, counted in clicks: all cards of a POS moved and back, and a new card complete."""

from payments.models import POS, BinNumber, Card, Installment
from tests.support.factories import BankFactory, CardFactory, CardTypeFactory, PosFactory
from tests.support.many import KEYS, copy_rows
from tests.support.pages import add_url, list_url


class Hand:
    """Counts what a hand does; typing into a field that was clicked is no click."""

    def __init__(self, page) -> None:
        self.page, self.clicks = page, 0

    def click(self, selector: str, *, opens: bool = False) -> None:
        self.clicks += 1
        target = self.page.locator(selector).first
        if not opens:
            target.click()
            return
        with self.page.expect_navigation():
            target.click()

    def choose(self, selector: str, value: str) -> None:
        """A drop-down: opened, and one of it taken."""
        self.clicks += 2
        self.page.select_option(selector, value)

    def find(self, name: str, text: str) -> None:
        """An autocomplete field: opened, typed into, and one taken."""
        self.click(f"#id_{name} + .select2 .select2-selection")
        self.page.fill(".select2-search__field", text)
        self.click(f".select2-results__option:has-text('{text}')")

    def write(self, selector: str, text: str) -> None:
        self.clicks += 1
        self.page.fill(selector, text)


def test_395_cards_move_to_another_pos_in_six_clicks_and_back_in_one(local_page, channel):
    first, second = (PosFactory(channel=channel, name=name) for name in ("First POS", "Second POS"))
    card = CardFactory(channel=channel, cash_payment=first)
    copy_rows(card.bank, 394, slug="'copy-' || n")
    copy_rows(card, 394, slug="'copy-' || n", bank_id=f"{KEYS} + n")
    local_page.goto(list_url(POS))
    hand = Hand(local_page)
    hand.click(f"#result_list a[href$='/pos/{first.pk}/change/']", opens=True)
    hand.click("a[href$='/move-cards/']", opens=True)
    hand.choose("#id_target", str(second.pk))
    hand.click("form[method=get] button[type=submit]", opens=True)
    assert "395" in local_page.inner_text("dl.facts")
    hand.click("form.mt-6 button[type=submit]", opens=True)
    assert hand.clicks <= 6
    assert Card.objects.filter(cash_payment=second).count() == 395
    hand.click(
        "main form[method=post] button[type=submit], #content form[method=post] button[type=submit]",
        opens=True,
    )
    assert hand.clicks <= 7
    assert Card.objects.filter(cash_payment=first, three_d_payment=first).count() == 395


def test_a_new_card_is_complete_in_twenty_clicks(local_page, channel):
    PosFactory(channel=channel, name="Our terminal")
    BankFactory(channel=channel, name="Testbank")
    CardTypeFactory(channel=channel, name="Testworld")
    local_page.goto(list_url(Card))
    hand = Hand(local_page)
    hand.click(f"a[href$='{add_url(Card)}']", opens=True)
    hand.choose("#id_channel", str(channel.pk))
    hand.write("#id_name", "Testcard")
    hand.find("bank", "Testbank")
    hand.find("card_type", "Testworld")
    hand.find("cash_payment", "Our terminal")
    hand.find("three_d_payment", "Our terminal")
    hand.write("#id_rates", "2 1,50\n3 2,25\n6 4,10")
    hand.write("#id_bins", "411111 411112\n41111300")
    hand.click("[name=_save]", opens=True)
    assert hand.clicks <= 20
    card = Card.objects.get()
    assert card.installment_payment == card.cash_payment == card.three_d_payment
    assert Installment.objects.filter(card=card).count() == BinNumber.objects.filter(card=card).count() == 3
