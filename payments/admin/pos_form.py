"""The POS form: its config fields follow the chosen gateway."""

from copy import copy
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kit.admin.controlled import ControlledForm
from payments.admin.gateway_fields import (
    SecretInput,
    config_from_form,
    form_errors,
    form_fields,
    form_initial,
)
from payments.errors import GatewayConfigError
from payments.gateways import registry
from payments.gateways.base.gateway import Gateway
from payments.models import POS
from payments.pos_addresses import ADDRESS_FIELDS
from payments.pos_gateway import masked_config
from payments.services.pos_service import PosService

CONFIG_FIELDS = {gateway: form_fields(gateway) for gateway in registry.GATEWAYS}
ALL_CONFIG_FIELDS = {name: field for fields in CONFIG_FIELDS.values() for name, field in fields.items()}


def secrets_since(pos: POS) -> datetime | None:
    """When the secrets were last changed. History keeps their revision, not which of them it was."""
    events = cast("Any", POS).pgh_event_model.objects.filter(
        pgh_obj_id=pos.pk, secrets_revision=pos.secrets_revision
    )
    return cast("datetime | None", events.order_by("pgh_id").values_list("pgh_created_at", flat=True).first())


def gateway_choices() -> list[tuple[str, str]]:
    def label(gateway: type[Gateway]) -> str:
        if gateway.is_operable:
            return gateway.name
        return str(_("%(name)s (cannot charge cards)")) % {"name": gateway.name}

    return [("", "---------"), *((gateway.path, label(gateway)) for gateway in registry.GATEWAYS)]


class BasePosForm(ControlledForm):
    """Checks the chosen gateway's fields with its schema; the fields of the others are left alone."""

    service: PosService
    gateway = forms.ChoiceField(
        label=_("Gateway"),
        choices=gateway_choices,
        widget=UnfoldAdminSelectWidget({"data-gateways": "true"}),
        help_text=_("The settings below depend on the gateway."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gateway = registry.find(self.instance.gateway)
        if self.instance.pk and gateway is not None:
            self.initial.update(form_initial(gateway, masked_config(self.instance)))
        self.masks = self._take_masks()

    def _take_masks(self) -> dict[str, str]:
        """Of the stored secrets, by form name. Their fields are empty and tell what is stored."""
        inputs = {
            name: field.widget
            for name, field in self.fields.items()
            if isinstance(field.widget, SecretInput) and self.initial.get(name)
        }
        since = secrets_since(self.instance) if inputs else None
        masks = {name: str(self.initial.pop(name)) for name in inputs}
        for name, widget in inputs.items():
            widget.mask, widget.since, widget.opened = masks[name], since, self.is_bound
        return masks

    def chosen_gateway(self) -> type[Gateway] | None:
        """The submitted one, else the stored one."""
        value = self["gateway"].value() if "gateway" in self.fields else self.instance.gateway
        return registry.find(str(value or ""))

    def _clean_fields(self) -> None:
        """The schema decides which fields are required; the form only marks them."""
        marked = [
            field for name, field in self.fields.items() if name in ALL_CONFIG_FIELDS and field.required
        ]
        other = [name for name in self.fields if name in ALL_CONFIG_FIELDS and not self._is_of_chosen(name)]
        for field in marked:
            field.required = False
        super()._clean_fields()  # type: ignore[misc]  # Django's stubs leave it out
        for field in marked:
            field.required = True
        for name in other:
            self.errors.pop(name, None)

    def _is_of_chosen(self, name: str) -> bool:
        gateway = self.chosen_gateway()
        return gateway is not None and name in CONFIG_FIELDS[gateway]

    def clean(self) -> dict[str, Any]:
        """Asks the schema even where other fields are wrong: all errors at once."""
        super().clean()
        gateway = registry.find(self.cleaned_data.get("gateway", ""))
        if gateway is not None:
            self.checked = copy(self.instance)
            try:
                self._assign(self.checked, gateway)
                self.cleaned_data["config"] = self.checked.config
            except GatewayConfigError as error:
                for name, texts in form_errors(gateway, error.errors):
                    if name not in self.errors:
                        self.add_error(
                            name if name in self.fields else None, list(map(ValidationError, texts))
                        )
        return self.cleaned_data

    def prepare(self) -> None:
        """What `clean` has checked. By now the instance has the new addresses: that they changed can't be seen."""
        for name in ("config", "secret_config", "secrets_revision"):
            setattr(self.instance, name, getattr(self.checked, name))

    def _assign(self, instance: POS, gateway: type[Gateway]) -> None:
        addresses = {name: self.cleaned_data[name] for name in ADDRESS_FIELDS if name in self.cleaned_data}
        kept = {name: mask for name, mask in self.masks.items() if not self.cleaned_data.get(name)}
        config = config_from_form(gateway, {**self.cleaned_data, **kept})
        self.service.assign(instance, {**addresses, "gateway": gateway.path, "config": config})


class HttpsURLField(forms.URLField):
    """An address typed without a scheme is one of TLS."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class _Meta:
    model = POS
    exclude = ["config"]  # assembled from the fields of its gateway
    labels = {"resource_url": _("Gateway address"), "three_d_resource_url": _("3-D Secure address")}
    help_texts = {
        "resource_url": _(
            "The address of the bank's payment API. If you change it, enter the secrets again."
        ),
        "three_d_resource_url": _(
            "The address of the bank's 3-D Secure page. Leave empty if it is the same."
        ),
    }
    field_classes = dict.fromkeys(labels, HttpsURLField)
    widgets = {name: UnfoldAdminTextInputWidget({"inputmode": "url"}) for name in labels}


PosForm: Any = type("PosForm", (BasePosForm,), {**ALL_CONFIG_FIELDS, "Meta": _Meta})
"""With the config fields of all gateways declared: the admin asks a form class for its fields."""
