"""What a page costs the line, before compression; and that nothing of it is asked for twice."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from tests.browser.conftest import open_page
from tests.browser.office import make_office
from tests.support.many import copy_rows

KILOBYTE = 1024
HTML, ASSETS, LOOK_UPS = 100 * KILOBYTE, 400 * KILOBYTE, 140 * KILOBYTE
"""LOOK_UPS come on top where a filter looks rows up or has a calendar (select2 and Django's calendar)."""
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
    asked: set[str] = set()
    with open_page(chromium, live_server, ada, size=size) as page:
        page.on("request", lambda request: asked.add(urlsplit(request.url).path))
        for path in LISTS:
            asked.clear()
            answer = page.goto(f"/admin/{path}/")
            page.wait_for_load_state("networkidle")
            files = [
                finders.find(name.removeprefix("/static/")) for name in asked if name.startswith("/static/")
            ]
            more = LOOK_UPS if any("select2" in name for name in asked) else 0
            sizes[path] = (len(answer.body()), sum(Path(file).stat().st_size for file in files) - more)
            if size == "narrow":
                heights = page.eval_on_selector_all(".data-row", "rows => rows.map(row => row.offsetHeight)")
                assert max(heights) <= 120, path
        page.goto("/admin/billing/payment/")
        first = page.locator(".data-row").first
        assert "₺" in first.locator("th").first.inner_text()  # the most important column first
    assert {path: size for path, size in sizes.items() if size[0] > HTML or size[1] > ASSETS} == {}
