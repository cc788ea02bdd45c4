"""Moving all cards of a POS to another one of its channel, and back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from config.kit.audit.log import record_changes
from config.kit.lib.seen import check_seen, seen_of
from payments.charge_obstacles import find_fixed_obstacle, find_obstacles, is_in_test_mode
from payments.errors import CardsChangedError, MoveRefusedError, PosIncompatibleError
from payments.gateways.types import Capability
from payments.models import POS, Card, CardMove, MultiCurrencyCard
from payments.move_costs import CardsByCurrency, CostChange, find_cost_changes

CAPABILITIES = {
    "cash_payment": Capability.SALE,
    "installment_payment": Capability.SALE,
    "three_d_payment": Capability.THREE_D,
}
"""What a POS has to do in each role that a card names it in."""
FALLBACK = "fallback_payment"
_TABLES: dict[str, type[Card] | type[MultiCurrencyCard]] = {
    "card": Card,
    "multicurrencycard": MultiCurrencyCard,
}
_Row = Card | MultiCurrencyCard
Moved = dict[str, dict[str, list[int]]]
"""Table → field → ids."""


@dataclass(frozen=True)
class Staying:
    """Roles that the new POS cannot take over."""

    currency: str
    roles: tuple[str, ...]
    reason: str
    cards: Sequence[Card]


@dataclass(frozen=True)
class MovePlan:
    """What a move would do, as it stands now. `moving`: the rows and the roles in which they change their POS."""

    source: POS
    target: POS
    moving: Sequence[tuple[_Row, tuple[str, ...]]]
    staying: Sequence[Staying]
    swapped: Sequence[Card]
    """Cards whose fallback was the target: the source becomes it."""

    @property
    def cards(self) -> list[Card]:
        """Each once."""
        return list({card.pk: card for card in (card_of(row) for row, _roles in self.moving)}.values())

    @cached_property
    def costs(self) -> list[CostChange]:
        by_currency: dict[str, list[int]] = defaultdict(list)
        for row, _roles in self.moving:
            by_currency[currency_of(row)].append(card_of(row).pk)
        cards: CardsByCurrency = by_currency
        return find_cost_changes(self.source, self.target, cards)

    @property
    def goes_to_test(self) -> bool:
        return is_in_test_mode(self.target) and not is_in_test_mode(self.source)

    @cached_property
    def seen(self) -> str:
        return seen_of(
            [self.source.pk, self.target.pk, self.goes_to_test],
            [[row._meta.model_name, row.pk, roles] for row, roles in self.moving],
            [
                [item.currency, item.roles, item.reason, [card.pk for card in item.cards]]
                for item in self.staying
            ],
            [card.pk for card in self.swapped],
            [[change.currency, change.installments, change.before, change.after] for change in self.costs],
        )

    @property
    def moved(self) -> Moved:
        found: Moved = {table: defaultdict(list) for table in _TABLES}
        for row, roles in self.moving:
            for role in roles:
                found[str(row._meta.model_name)][role].append(row.pk)
        if self.swapped:
            found["card"][FALLBACK] = [card.pk for card in self.swapped]
        return {table: dict(fields) for table, fields in found.items()}


def card_of(row: _Row) -> Card:
    return row if isinstance(row, Card) else row.card


def currency_of(row: _Row) -> str:
    return row.channel.default_currency if isinstance(row, Card) else row.currency


def plan_move(source: POS, target: POS, *, lock: bool = False) -> MovePlan:
    """Raises PosIncompatibleError for a POS of another channel, and for the same one."""
    if source.channel_id != target.channel_id or source.pk == target.pk:
        raise PosIncompatibleError(f"Pos: {target.slug} {source.channel.name} incompatible.")
    moving: list[tuple[_Row, tuple[str, ...]]] = []
    refused: dict[tuple[str, tuple[str, ...], str], list[Card]] = defaultdict(list)
    swapped: list[Card] = []
    reasons: dict[tuple[Capability, str], str] = {}

    def reason_against(role: str, currency: str) -> str:
        key = (CAPABILITIES[role], currency)
        if key not in reasons:
            reasons[key] = " ".join(find_obstacles(target, *key))
        return reasons[key]

    for row in _rows_of(source, lock=lock):
        currency = currency_of(row)
        named = [role for role in CAPABILITIES if getattr(row, f"{role}_id") == source.pk]
        able = tuple(role for role in named if not reason_against(role, currency))
        unable = tuple(role for role in named if role not in able)
        swaps = isinstance(row, Card) and row.fallback_payment_id == target.pk
        if able and unable and swaps:
            text = _("%(pos)s stays in another role, and a card's POS cannot be its fallback, too.")
            refused[currency, able, text % {"pos": source.name}].append(card_of(row))
            able = ()
        for role in unable:
            refused[currency, (role,), reason_against(role, currency)].append(card_of(row))
        if able:
            moving.append((row, able))
            swapped += [row] if swaps and isinstance(row, Card) else []
    staying = [Staying(*key, cards) for key, cards in refused.items()]
    return MovePlan(source, target, moving, staying, swapped)


def move_cards(source: POS, target: POS, *, seen: str, user_id: int | None) -> CardMove:
    """All that the plan with the fingerprint `seen` moves, in one transaction.

    Raises PreviewOutdatedError where the plan is another one by now, MoveRefusedError where it moves nothing.
    """
    with transaction.atomic():
        source, target = _locked(source, target)
        plan = plan_move(source, target, lock=True)
        check_seen(seen, plan.seen)
        if not plan.moving:
            raise MoveRefusedError(_("No card can be moved."))
        move = CardMove.objects.create(
            source=source, target=target, moved=plan.moved, count=len(plan.cards), moved_by_id=user_id
        )
        _rename(plan.moved, source, target, _rows_by_key(plan.moved))
    return move


def undo(move: CardMove, *, user_id: int | None) -> None:
    """Name the earlier POS again wherever the move has changed it, and nowhere else.

    Raises CardsChangedError where a card was changed or deleted since, or the move taken back already, and
    MoveRefusedError where the earlier POS takes no payments.
    """
    with transaction.atomic():
        source, target = _locked(move.source, move.target)
        if not CardMove.objects.filter(pk=move.pk, undone_at=None).update(
            undone_at=Now(), undone_by_id=user_id
        ):
            raise CardsChangedError(_("These cards have already been moved back."))
        reason = find_fixed_obstacle(source)
        if reason:
            raise MoveRefusedError(f"{source.name}: {reason}")
        rows = _rows_by_key(move.moved)
        changed = _changed_since(move, rows)
        if changed:
            text = _("Cards were changed since they were moved: %(names)s. Nothing was moved back.")
            shown = ", ".join(changed[:5]) + (" …" if len(changed) > 5 else "")
            raise CardsChangedError(text % {"names": shown})
        _rename(move.moved, target, source, rows)
    move.refresh_from_db()


def find_last_move(pos: POS) -> CardMove | None:
    """Of cards away from `pos` that was not taken back."""
    return CardMove.objects.filter(source=pos, undone_at=None).select_related("target").first()


def _locked(source: POS, target: POS) -> tuple[POS, POS]:
    """In the order of their keys. Nobody changes what they can charge meanwhile. Raises POS.DoesNotExist."""
    rows = POS.objects.select_for_update(no_key=True, of=("self",)).select_related("channel").order_by("pk")
    found = {pos.pk: pos for pos in rows.filter(pk__in=[source.pk, target.pk])}
    if len(found) < 2:
        raise POS.DoesNotExist
    return found[source.pk], found[target.pk]


def _rows_of(source: POS, *, lock: bool) -> Iterable[_Row]:
    used = Q()
    for role in CAPABILITIES:
        used |= Q(**{role: source.pk})
    cards = Card.objects.filter(used).select_related("channel", "bank").order_by("pk")
    currencies = MultiCurrencyCard.objects.filter(used).select_related("card__channel", "card__bank")
    currencies = currencies.order_by("pk")
    if lock:
        cards = cards.select_for_update(no_key=True, of=("self",))
        currencies = currencies.select_for_update(no_key=True, of=("self",))
    return [*cards, *currencies]


def _rows_by_key(moved: Moved) -> dict[tuple[str, int], _Row]:
    found: dict[tuple[str, int], _Row] = {}
    for table, fields in moved.items():
        keys = {key for ids in fields.values() for key in ids}
        if keys:
            rows: Any = _TABLES[table]._default_manager.select_for_update(no_key=True).order_by("pk")
            found |= {(table, row.pk): row for row in rows.filter(pk__in=keys)}
    return found


def _changed_since(move: CardMove, rows: dict[tuple[str, int], _Row]) -> list[str]:
    """The names of rows that are not as the move has left them."""
    names: dict[str, None] = {}
    for table, fields in move.moved.items():
        for role, keys in fields.items():
            left = move.source_id if role == FALLBACK else move.target_id
            for key in keys:
                row = rows.get((table, key))
                if row is None or getattr(row, f"{role}_id") != left:
                    names[str(row) if row is not None else _("deleted (ID %(id)s)") % {"id": key}] = None
    return list(names)


def _rename(moved: Moved, old: POS, new: POS, rows: dict[tuple[str, int], _Row]) -> None:
    """One statement for each table, one for what the audit log tells of its rows."""
    for table, fields in moved.items():
        if not fields:
            continue
        changes: dict[str, Any] = {}
        told: dict[int, tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: ({}, {}))
        for role, keys in fields.items():
            before, after = (new.pk, old.pk) if role == FALLBACK else (old.pk, new.pk)
            changes[role] = Case(
                When(pk__in=keys, then=Value(after)), default=F(f"{role}_id"), output_field=BigIntegerField()
            )
            for key in keys:
                told[key][0][f"{role}_id"], told[key][1][f"{role}_id"] = before, after
        _TABLES[table]._default_manager.filter(pk__in=list(told)).update(**changes, modified_date=Now())
        record_changes([(rows[table, key], before, after) for key, (before, after) in told.items()])
