"""BRM's `paymentAllocation`: a payment's unallocated amount, allocated to bills."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.contracts.tmf.auth import client_of
from billing.contracts.tmf.bodies import read_body
from billing.contracts.tmf.tmf676 import commands, mapping
from billing.contracts.tmf.tmf676.requests import AllocationCreate
from billing.contracts.tmf.view import TmfView, write_options
from billing.services.allocate import allocate


class AllocationView(TmfView):
    scopes = {"POST": ("pay",)}

    def post(self, request: Request, path: str) -> Response:
        write_options(request)
        client = client_of(request)
        payment, parts, references = commands.allocation_of(read_body(request.data, AllocationCreate), client)
        allocated = allocate(payment, parts, user_id=client.user_id, client_references=references)
        return Response(mapping.allocation(allocated, parts, self.base), status=201)
