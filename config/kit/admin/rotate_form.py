"""How long the credentials that are replaced stay valid beside the new ones."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

OVERLAPS = [
    (0, _("None: the old ones expire immediately")),
    (1, _("1 hour")),
    (24, _("1 day")),
    (24 * 7, _("7 days")),
    (24 * 30, _("30 days")),
]


class RotateForm(forms.Form):
    overlap = forms.TypedChoiceField(
        label=_("How long the old ones stay valid"),
        choices=OVERLAPS,
        coerce=int,
        initial=24,
        widget=UnfoldAdminSelectWidget(),
    )
