"""OpenAPI of `/oauth/…`, which stands at the host's root."""

from billing.contracts.tmf.openapi import TEXT, Json, answer, document


def token_paths() -> Json:
    form = "application/x-www-form-urlencoded"
    error = {"type": "object", "properties": {"error": TEXT}, "required": ["error"]}
    token = document(
        {
            "access_token": TEXT,
            "expires_in": {"type": "integer"},
            "token_type": TEXT,
            "scope": TEXT,
        },
        required=("access_token", "expires_in", "token_type", "scope"),
    )
    refused = {
        "400": answer("unsupported_grant_type, invalid_scope.", error),
        "401": answer("invalid_client.", error),
        "411": answer("The body has no Content-Length.", error),
        "413": answer("The body is too large.", error),
        "415": answer("The body is not a form.", error),
        "429": answer("slow_down: too many wrong credentials.", error),
    }
    wanted = {
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"const": "client_credentials"},
            "client_id": TEXT,
            "client_secret": TEXT,
            "scope": {**TEXT, "description": "With blanks; all of the client's without it."},
        },
    }
    ended = {
        "type": "object",
        "required": ["token"],
        "properties": {"token": TEXT, "client_id": TEXT, "client_secret": TEXT},
    }
    root = [{"url": "/", "description": "The host's root"}]
    return {
        "/oauth/token": {
            "servers": root,
            "post": {
                "operationId": "tmf_token",
                "tags": ["oauth"],
                "summary": "Get a token",
                "description": "Credentials as HTTP Basic, or in the body.",
                "security": [],
                "requestBody": {"required": True, "content": {form: {"schema": wanted}}},
                "responses": {"200": answer("A token.", token), **refused},
            },
        },
        "/oauth/revoke_token": {
            "servers": root,
            "post": {
                "operationId": "tmf_revoke_token",
                "tags": ["oauth"],
                "summary": "End a token (RFC 7009)",
                "security": [],
                "requestBody": {"required": True, "content": {form: {"schema": ended}}},
                "responses": {"200": {"description": "Ended, or unknown."}, **refused},
            },
        },
    }
