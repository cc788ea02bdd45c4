"""Stored cards, read-only and masked. Opening one is an entry in the access log."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.datasets import BaseDataset
from unfold.decorators import action, display

from config.kit.admin.channel_admin import MODIFIED_FILTER
from config.kit.admin.urls import admin_url
from config.kit.lib import days
from vault.admin.access import AccessRows
from vault.admin.base import UnversionedAdmin, actor_of, confirmation
from vault.masks import mask_identity, mask_name
from vault.models import AccessLog, Action, Merchant, StoredCard
from vault.services.access import log_access
from vault.services.cards import renew_codes

SEARCHED_MERCHANTS = 10_000


class SelectionForm(forms.Form):
    """Carries an action on selected rows through its confirmation page."""

    action = forms.CharField(widget=forms.HiddenInput(), initial="new_codes")
    confirmed = forms.CharField(widget=forms.HiddenInput(), initial="1")

    def __init__(self, chosen: list[str]) -> None:
        super().__init__()
        self.fields[ACTION_CHECKBOX_NAME] = forms.CharField(
            widget=forms.MultipleHiddenInput(), initial=chosen
        )


class ExpiredFilter(DropdownFilter):
    title = gettext_lazy("Expiry date")
    parameter_name = "expired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Valid")), ("yes", _("Expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = days.today()
        is_expired = Q(year__lt=today.year) | Q(year=today.year, month__lt=today.month)
        chosen = {"yes": is_expired, "no": ~is_expired}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


class AccessesOfCardRows(AccessRows):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        key = str(self.extra_context.get("object") or "")
        rows = AccessLog.objects.select_related("merchant", "key", "user")
        return (
            rows.filter(card_ids__contains=[int(key)]) if key.isdecimal() and len(key) < 19 else rows.none()
        )


class AccessesOfCard(BaseDataset):
    model = AccessLog
    model_admin = AccessesOfCardRows
    tab = True


@admin.register(StoredCard)
class StoredCardAdmin(UnversionedAdmin):
    list_display = ("masked_card", "merchant", "relational_ids", "nickname", "expiry", "created_date")
    list_filter = (("merchant", AutocompleteSelectFilter), ExpiredFilter, MODIFIED_FILTER)
    list_select_related = ("merchant",)
    search_fields = ("relational_id1",)
    search_help_text = gettext_lazy("Relational ID 1 (exact match)")
    sortable_by = ()
    ordering = ("-pk",)
    list_disable_select_all = True
    actions = ["new_codes"]
    actions_detail = ["new_code"]
    export_exclude = ("sealed", "identity_hash", "unique_code_hash")
    fields = (
        "merchant", "relational_id1", "relational_id2", "relational_id3", "nickname", "masked_card",
        "masked_holder", "masked_identity", "expiry", "created_date", "modified_date",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The list decrypts nothing."""
        rows = super().get_queryset(request)
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return rows if on_page else rows.defer("sealed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By relational id 1. The unique constraint's index starts with the merchant, so all merchants are named."""
        term = search_term.replace("\0", "").strip()
        if not term:
            return queryset, False
        merchants = list(Merchant.objects.order_by("pk").values_list("pk", flat=True)[:SEARCHED_MERCHANTS])
        return queryset.filter(merchant__in=merchants, relational_id1=term), False

    @display(description=gettext_lazy("Card number"))
    def masked_card(self, card: StoredCard) -> str:
        return card.masked_card

    @display(description=gettext_lazy("Relational ids"))
    def relational_ids(self, card: StoredCard) -> str:
        """A missing id in the middle is shown as a dash."""
        ids = [card.relational_id1, card.relational_id2, card.relational_id3]
        while not ids[-1]:
            ids.pop()
        return " · ".join(text or "–" for text in ids)

    @display(description=gettext_lazy("Card holder"))
    def masked_holder(self, card: StoredCard) -> str:
        return mask_name(card.sealed["holder_name"])

    @display(description=gettext_lazy("Identity or tax number"))
    def masked_identity(self, card: StoredCard) -> str:
        return mask_identity(card.sealed["identity"])

    @display(description=gettext_lazy("Expiry date"))
    def expiry(self, card: StoredCard) -> str:
        return f"{card.month:02d}/{card.year}"

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return [AccessesOfCard] if on_page and request.user.has_perm("vault.view_accesslog") else []

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        card: StoredCard | None = kwargs.get("obj")
        if card is not None:
            log_access(
                actor_of(request),
                Action.LOOK,
                cards=[card.pk],
                detail=str(card),
                merchant_id=card.merchant_id,
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().export_queryset(request)
        log_access(actor_of(request), Action.EXPORT, detail=request.GET.urlencode()[:200])
        return rows

    def has_renew_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("vault.renew_storedcard")

    @action(
        description=gettext_lazy("New unique code"),
        icon="autorenew",
        permissions=["renew"],
        url_path="new-code",
    )
    def new_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        card = self.get_object(request, object_id)
        if card is None:
            raise Http404
        if not self.has_renew_permission(request):
            raise PermissionDenied
        rows = StoredCard.objects.filter(pk=card.pk)
        return self._renew(
            request, rows, form=forms.Form(), confirmed=request.method == "POST", back=admin_url(card)
        )

    @admin.action(description=gettext_lazy("New unique codes"), permissions=["renew"])
    def new_codes(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        rows = StoredCard.objects.filter(pk__in=queryset.order_by().values("pk"))
        confirmed = request.POST.get("confirmed") == "1"
        form = SelectionForm(request.POST.getlist(ACTION_CHECKBOX_NAME))
        return self._renew(request, rows, form=form, confirmed=confirmed, back=request.get_full_path())

    def _renew(
        self,
        request: HttpRequest,
        rows: QuerySet[StoredCard],
        *,
        form: forms.Form,
        confirmed: bool,
        back: str,
    ) -> HttpResponse:
        if confirmed:
            count = renew_codes(actor_of(request), rows)
            messages.success(request, _("New unique codes issued: %(count)s.") % {"count": count})
            return HttpResponseRedirect(back)
        return confirmation(
            self,
            request,
            title=_("Issue new unique codes?"),
            explanation=_(
                "Cards: %(count)s. The current codes stop working immediately. The merchant receives the new ones when "
                "it next lists its cards."
            )
            % {"count": rows.count()},
            form=form,
            submit_text=_("Issue new codes"),
            back=back,
        )
