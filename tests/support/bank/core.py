"""What the banks of the simulator share: money, faults, the 3-D session and the way back."""

import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.support.bank import attack, cards, pages
from tests.support.bank.books import Authentication, Books, Order, Refusal
from tests.support.bank.faults import Fault, Faults
from tests.support.bank.simulator import simulators

TURKISH = "iso-8859-9"
PLACES = {"392": 0}
NAMES = {"949": "TRY", "840": "USD", "978": "EUR", "826": "GBP", "392": "JPY", "643": "RUB"}


class Drop(Exception):
    """Cut the connection without an answer."""


@dataclass
class Answer:
    body: bytes
    content_type: str = "text/html; charset=ISO-8859-9"
    status: int = 200
    trickle_seconds: float = 0
    """Between two pieces of the body; 0 sends it at once."""


@dataclass
class Callback:
    """What goes back to the shop after 3-D."""

    gateway: str
    order_id: str
    url: str
    fields: dict[str, str]
    server_url: str = ""
    failure_url: str = ""
    unsigned_failure: dict[str, str] = field(default_factory=dict)
    store_key: str = field(default="", repr=False)


def minor(amount: str, currency: str) -> int:
    """`100.25` of 949 → 10025."""
    return int((Decimal(amount) * 10 ** PLACES.get(currency, 2)).to_integral_value())


def major(amount_minor: int, currency: str) -> str:
    places = PLACES.get(currency, 2)
    return f"{Decimal(amount_minor).scaleb(-places):.{places}f}"


def token() -> str:
    """Opaque, with a 1 in it: a value that a payer could cut an mdStatus out of."""
    return f"{secrets.token_hex(12)}1{secrets.token_hex(12)}"


class Clock:
    """The bank's time. The stateful walk has a virtual one."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        timer = threading.Timer(seconds, work)
        timer.daemon = True
        timer.start()


class Bank:
    """One running bank: books, faults and the sessions between a form and its answer."""

    def __init__(self, seed: int = 0, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.send: Callable[..., None] = send
        self.base_url = ""
        self.books = Books()
        self.faults = Faults(seed)
        self.challenges: dict[str, tuple[Authentication, Callable[[str], Callback]]] = {}
        self.last_callbacks: dict[str, dict[str, str]] = {}
        self.calls: list[dict[str, str]] = []

    def call(
        self,
        gateway: str,
        operation: str,
        order_id: str,
        work: Callable[[], str],
        content_type: str,
        charset: str,
    ) -> Answer:
        """One API call with the fault that strikes it, before or after `work` was booked."""
        fault = self.faults.strike(gateway, operation, order_id)
        struck = fault.kind if fault else ""
        self.calls.append({"gateway": gateway, "operation": operation, "order_id": order_id, "fault": struck})
        if struck == "drop_before":
            raise Drop
        if fault and struck == "book_late":
            self.clock.later(fault.seconds, work)
            raise Drop
        if fault and struck == "delay_before":
            self.clock.sleep(fault.seconds)
        if struck == "forged":
            return self._forged(gateway, operation, work, content_type, charset)
        with self.books.altered(struck.removesuffix("_lost") if struck.startswith("other_") else ""):
            body = work().encode(charset, "xmlcharrefreplace")
        answer = Answer(body, content_type)
        return spoil(fault, answer, gateway, order_id, self.clock) if fault else answer

    def _forged(
        self, gateway: str, operation: str, work: Callable[[], str], content_type: str, charset: str
    ) -> Answer:
        """The answer of an obliging bank that keeps no books, signed with another key.

        Where answers are not signed, TLS alone tells a liar from the bank: there it is as if nobody had answered.
        """
        change = simulators()[gateway].spoil_signature
        if change is None or operation == "three_d_init":
            raise Drop
        with self.books.not_kept():
            body = work().encode(charset, "xmlcharrefreplace")
        return Answer(change(body), content_type)

    def charge(self, pan: str, **order: str | int) -> Order:
        """Debit a card by its number. Raises Refusal."""
        if len(str(order["order_id"])) > simulators()[str(order["gateway"])].order_id_limit:
            raise Refusal("order_id")
        return self.books.charge(
            **order,  # type: ignore[arg-type]
            card=cards.mask(pan),
            refusal=cards.REFUSALS.get(pan, ""),
            no_giving_back=pan == cards.NO_GIVING_BACK,
        )

    def open_session(self, session: Authentication, finish: Callable[[str], Callback]) -> Answer:
        """The challenge, or at once the way back for a card whose mdStatus is fixed."""
        session.md = token()
        self.books.sessions[session.md] = session
        if session.pan in cards.MD_STATUSES:
            return self.way_back(finish(cards.MD_STATUSES[session.pan]))
        name = secrets.token_urlsafe(16)
        self.challenges[name] = (session, finish)
        page = pages.challenge(
            f"{self.base_url}/acs/{name}",
            amount=major(session.amount_minor, session.currency),
            currency=NAMES.get(session.currency, session.currency),
            order_id=session.order_id,
            card=cards.mask(session.pan),
            hint=simulators()[session.gateway].one_time_password,
        )
        return html(page)

    def answer_challenge(self, name: str, form: dict[str, str]) -> Answer:
        """The one-time password: right → mdStatus 1, wrong or given up → 0. A challenge is answered once."""
        if name not in self.challenges:
            return Answer("Bilinmeyen oturum".encode(TURKISH), status=404)
        session, finish = self.challenges.pop(name)
        right = form.get("otp", "").strip() == simulators()[session.gateway].one_time_password
        return self.way_back(finish("1" if right and not form.get("cancel") else "0"))

    def way_back(self, callback: Callback) -> Answer:
        """The page that posts itself to the shop, and the server's copy."""
        fault = self.faults.strike(callback.gateway, "return", callback.order_id)
        kind = fault.kind if fault else ""
        genuine = dict(callback.fields)
        if kind.startswith("attack:"):
            attack.tamper(
                kind.removeprefix("attack:"), callback, self.last_callbacks.get(callback.gateway, {})
            )
        self.last_callbacks[callback.gateway] = genuine
        if callback.server_url:
            threading.Thread(target=self.send, args=(callback.server_url, genuine), daemon=True).start()
        if kind == "lost":
            return html(pages.LOST)
        if kind in ("double", "double_get"):
            self.send(callback.url, callback.fields, "GET" if kind == "double_get" else "POST")
        if kind == "race":
            for _ in range(3):
                threading.Thread(target=self.send, args=(callback.url, callback.fields), daemon=True).start()
        return html(pages.autopost(callback.url, callback.fields))


def spoil(fault: Fault, answer: Answer, gateway: str, order_id: str, clock: Clock) -> Answer:
    """What arrives of an answer to something that was done."""
    kind = fault.kind
    if kind == "drop_after" or kind.endswith("_lost"):
        raise Drop
    if kind == "delay_after":
        clock.sleep(fault.seconds)
    if kind == "trickle":
        return replace(answer, trickle_seconds=fault.seconds)
    if kind == "http_500":
        return Answer(b"Internal Server Error", "text/plain", 500)
    if kind == "html":
        return html("<html><body>Bakım çalışması</body></html>")
    if kind == "truncated":
        return Answer(answer.body[: len(answer.body) // 2], answer.content_type)
    if kind == "empty":
        return Answer(b"", answer.content_type)
    if kind == "wrong_order":
        return Answer(answer.body.replace(order_id.encode(), b"ANOTHER-1"), answer.content_type)
    if kind == "bad_signature":
        change = simulators()[gateway].spoil_signature
        return Answer(change(answer.body), answer.content_type) if change else answer
    return answer


def send(url: str, fields: dict[str, str], method: str = "POST") -> None:
    """Post a callback from the bank's server; the shop's answer is of no interest."""
    data = urllib.parse.urlencode(fields, encoding=TURKISH, errors="xmlcharrefreplace")
    request = urllib.request.Request(url, data.encode(), method="POST")
    if method == "GET":
        request = urllib.request.Request(f"{url}{'&' if '?' in url else '?'}{data}", method="GET")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            response.read()
    except (urllib.error.URLError, OSError):
        return


def html(page: str) -> Answer:
    return Answer(page.encode(TURKISH, "xmlcharrefreplace"))


def form_of(body: bytes) -> dict[str, str]:
    try:
        text = body.decode()
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        return dict(urllib.parse.parse_qsl(body.decode(TURKISH), keep_blank_values=True, encoding=TURKISH))


def too_many(installments: str) -> bool:
    return bool(installments) and int(installments) > 12


__all__ = ["Answer", "Authentication", "Bank", "Callback", "Drop", "Refusal"]
