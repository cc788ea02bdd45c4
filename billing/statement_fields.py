"""The fields of a statement's line that a layout finds a heading for."""

FIELDS = (
    "terminal_number", "kind", "order_id", "host_reference", "auth_code", "card", "sold_on", "value_date",
    "installment_number", "gross", "commission", "net", "currency",
)  # fmt: skip
REQUIRED = ("terminal_number", "sold_on", "gross")
