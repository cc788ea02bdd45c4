"""What a page costs the line, before compression; and that nothing of it is asked for twice."""

import pytest

from tests.browser.conftest import open_page
from tests.browser.office import make_office
from tests.support.many import copy_rows

KILOBYTE = 1024
HTML, ASSETS = 100 * KILOBYTE, 400 * KILOBYTE
LISTS = [
    "billing/payment",
    "billing/refund",
    "billing/account",
    "payments/pos",
    "payments/binnumber",
    "payments/bank",
]


@pytest.mark.parametrize("size", ["desktop", "narrow"])
def test_lists_are_small_and_on_a_phone_each_row_is_a_small_card(chromium, live_server, ada, size):
    office = make_office()
    copy_rows(office.paid, 200, order_id="md5(n::text)", created_date="now() - n * interval '1 minute'")
    sizes: dict[str, tuple[int, int]] = {}
    loaded: list = []
    with open_page(chromium, live_server, ada, size=size) as page:
        page.on("response", lambda answer: loaded.append(answer))
        for path in LISTS:
            loaded.clear()
            answer = page.goto(f"/admin/{path}/")
            page.wait_for_load_state("networkidle")
            assets = sum(len(file.body()) for file in loaded if "/static/" in file.url)
            sizes[path] = (len(answer.body()), assets)
            if size == "narrow":
                heights = page.eval_on_selector_all(".data-row", "rows => rows.map(row => row.offsetHeight)")
                assert max(heights) <= 120, path
        page.goto("/admin/billing/payment/")
        first = page.locator(".data-row").first
        assert "₺" in first.locator("th").first.inner_text()  # the most important column first
    assert {path: size for path, size in sizes.items() if size[0] > HTML or size[1] > ASSETS} == {}
