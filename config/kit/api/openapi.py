"""OpenAPI of the native API."""

from typing import Any

from drf_spectacular.authentication import SessionScheme as RestSessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from config.kit.api.conditional import TAGGED, TagMixin

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
_TEXT = {"type": "string"}
_ETAG = {"ETag": {"description": "The version of what is answered.", "schema": _TEXT}}
_REPLAYED = {
    "Idempotent-Replayed": {
        "description": "true: the answer to the first request with this key.",
        "schema": {"const": "true"},
    }
}
_CONDITIONS = {
    "If-None-Match": "ETag of what you have: 304 where it is still the same.",
    "If-Match": "ETag of what you have: 412 where it is another one now.",
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "The same key with the same body answers as the first time and does nothing again; with another "
    "body it is 422, while the first request runs 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
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
        if operation and not hasattr(self.view, "errors"):  # a contract's own are described by the contract
            responses = operation["responses"]
            for status, (component, description) in self._errors().items():
                responses.setdefault(status, self._error(component, description))
            self._show_refusals(responses)
            self._show_headers(operation)
            self._ask_for_values(operation)
            self._show_links(operation)
        return operation

    def _show_headers(self, operation: dict[str, Any]) -> None:
        """ETags and conditions of resources, and the key of requests that move money."""
        parameters, responses = operation.setdefault("parameters", []), operation["responses"]
        if self.is_idempotent:
            parameters.append(_IDEMPOTENCY_KEY)
            for status in ("200", "202"):
                responses.get(status, {}).setdefault("headers", {}).update(_REPLAYED)
        action = getattr(self.view, "action", "")
        if not isinstance(self.view, TagMixin) or action not in (*TAGGED, "destroy"):
            return
        conditions = ["If-None-Match"] if self.method == "GET" else ["If-Match"]
        if action != "create":
            parameters += [
                {"in": "header", "name": name, "description": _CONDITIONS[name], "schema": _TEXT}
                for name in conditions
            ]
        if self.method == "GET":
            responses["304"] = {"description": "Still what If-None-Match names.", "headers": _ETAG}
        for status in {"200", "201"} & set(responses):
            responses[status].setdefault("headers", {}).update(_ETAG)

    def _ask_for_values(self, operation: dict[str, Any]) -> None:
        """An empty parameter is refused (config.kit.api.filters)."""
        for parameter in operation["parameters"]:
            schema = parameter["schema"]
            if parameter["in"] == "query" and schema == _TEXT:
                parameter["schema"] = {**_TEXT, "minLength": 1}
            elif parameter["name"] in ("page", "limit"):  # config.kit.api.pagination
                parameter["schema"] = {**schema, "minimum": 1}

    def _show_links(self, operation: dict[str, Any]) -> None:
        """From what was created to reading it."""
        if getattr(self.view, "action", "") == "create" and hasattr(self.view, "retrieve"):
            read = operation["operationId"].removesuffix("_create") + "_retrieve"
            link = {"operationId": read, "parameters": {"id": "$response.body#/pk"}}
            operation["responses"]["201"]["links"] = {"read": link}

    @property
    def is_idempotent(self) -> bool:
        return self.method == "POST" and getattr(self.view, "takes_idempotency_key", False)

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
        if self.method != "GET":
            errors["411"] = ("Detail", "The body has no Content-Length.")
        if self.is_idempotent:
            errors |= {
                "409": ("Detail", "The first request with this Idempotency-Key still runs."),
                "422": ("Detail", "The Idempotency-Key was used for another request."),
                "503": ("RuleError", "The bank could not be reached. Nothing was done."),
            }
        if getattr(self.view, "throttle_classes", ()):
            errors["429"] = ("Detail", "Too many attempts.")
        return errors


def add_error_components(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """A drf-spectacular post-processing hook."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    return result
