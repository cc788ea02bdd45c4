"""Login of the native API."""

from django.contrib.auth import authenticate
from drf_spectacular.utils import OpenApiExample, extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.kit.contracts.throttles import ClientThrottle


class LoginSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})

    def validate(self, attrs: dict[str, str]) -> dict[str, object]:
        user = authenticate(self.context.get("request"), **attrs)
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
        _, key = AuthToken.objects.create(user=body.validated_data["user"])
        return Response({"key": key})
