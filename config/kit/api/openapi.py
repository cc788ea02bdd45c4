"""OpenAPI of the native API."""

from typing import Any

from drf_spectacular.authentication import SessionScheme as RestSessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from config.kit.api.conditional import TAGGED

_DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
_FIELD_ERRORS = {
    "type": "object",
    "description": "Field → messages; unique sets under `non_field_errors`.",
    "additionalProperties": {},
    "example": {"non_field_errors": ["The fields slug, channel must make a unique set."]},
}
_RULE_ERROR = {
    "type": "object",
    "properties": {
        "non_field_errors": {
            "type": "string",
            "description": "The broken rule; for pos_100_2 a JSON object.",
        },
        "error_code": {"type": "string"},
    },
    "required": ["non_field_errors", "error_code"],
    "example": {
        "non_field_errors": "Channel: Shop of Pos: dummy_pos cannot change.",
        "error_code": "pos_100_3",
    },
}
_NOT_ACCEPTABLE = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("RuleError", "Detail")]}
COMPONENTS = {
    "Detail": _DETAIL,
    "FieldErrors": _FIELD_ERRORS,
    "RuleError": _RULE_ERROR,
    "NotAcceptable": _NOT_ACCEPTABLE,
}


class SessionScheme(RestSessionScheme):
    target_class = "config.kit.api.authentication.SessionAuthentication"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "config.kit.api.authentication.TokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`, the key from `/api/v1/auth/login/`",
        }


class ContractAutoSchema(AutoSchema):
    """Adds the error responses of every operation, with the contract's bodies."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            responses = operation["responses"]
            for status, (component, description) in self._errors().items():
                responses.setdefault(status, self._error(component, description))
            self._show_refusals(responses)
        return operation

    def _show_refusals(self, responses: dict[str, Any]) -> None:
        """Adds a view's `refusals` (status → bodies) as examples to create and update."""
        if getattr(self.view, "action", None) not in ("create", "update", "partial_update"):
            return
        for status, bodies in getattr(self.view, "refusals", {}).items():
            examples = {f"Refusal{number}": {"value": body} for number, body in enumerate(bodies, start=1)}
            responses[status]["content"]["application/json"]["examples"] = examples

    def _error(self, component: str, description: str) -> dict[str, Any]:
        """Errors are rendered in the requested format, like all answers."""
        schema = {"$ref": f"#/components/schemas/{component}"}
        media_types = self.map_renderers("media_type")
        return {"description": description, "content": {name: {"schema": schema} for name in media_types}}

    def _errors(self) -> dict[str, tuple[str, str]]:
        errors = {
            "400": ("FieldErrors", "The request's shape, or a unique set that is taken."),
            "401": ("Detail", "No token, or a bad one."),
            "403": ("Detail", "Not permitted."),
            "404": ("Detail", "Not there."),
            "406": ("NotAcceptable", "A broken business rule, or an Accept header that can't be met."),
            "413": ("Detail", "The body is too large."),
            "415": ("Detail", "The body's media type is not read here."),
        }
        if getattr(self.view, "action", "") in (*TAGGED, "destroy"):
            errors["412"] = ("Detail", "Not the version that If-Match names.")
        if getattr(self.view, "throttle_classes", ()):
            errors["429"] = ("Detail", "Too many attempts.")
        return errors


def add_error_components(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """A drf-spectacular post-processing hook."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    return result
