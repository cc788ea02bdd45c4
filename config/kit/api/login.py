"""Login of the native API."""

from typing import cast

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiExample, extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.kit.api.authentication import TokenAuthentication
from config.kit.contracts.client_ip import client_ip
from config.kit.contracts.throttles import ClientThrottle
from config.kit.factors.token_log_in import authenticate
from config.kit.identity import logins
from config.kit.identity.models import Contract, LoginKind


class LoginSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})

    def validate(self, attrs: dict[str, str]) -> dict[str, object]:
        user = authenticate(self.context["request"], **attrs)
        if user is None:
            raise serializers.ValidationError("Unable to log in with provided credentials.")
        return {"user": user}


class KeySerializer(serializers.Serializer):
    key = serializers.CharField(help_text="Send it as `Authorization: Token <key>`.")


class LoginView(APIView):
    """`{username, password}` → `{"key": …}`. Only a hash of the key is kept."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (ClientThrottle,)
    throttle_scope = "login"

    @extend_schema(
        request=LoginSerializer,
        responses={200: KeySerializer},
        examples=[OpenApiExample("Login", {"username": "operator", "password": "…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        body = LoginSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        user = body.validated_data["user"]
        token, key = AuthToken.objects.create(user=user)
        logins.record(
            user.pk,
            LoginKind.KEY,
            token.digest,
            contract=Contract.OMNITRON,
            address=client_ip(request),
            expires_at=token.expiry,
        )
        return Response({"key": key})


class LogoutView(APIView):
    """Ends the key that it is called with; 204."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        logins.end(cast(AuthToken, request.auth).digest)
        return Response(status=204)


class LogoutAllView(LogoutView):
    """Ends all keys, tokens and sessions of the user; 204."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        logins.end_all(cast(User, request.user).pk)
        return Response(status=204)
