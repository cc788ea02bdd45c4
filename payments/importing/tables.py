"""Temporary tables that several modules of these imports share."""

from config.kit.importing.tables import TempTable

BANKS_CREATED = TempTable("import_created", {"identity": "text", "id": "bigint"})
"""The banks that an import of banks has created."""

BINS = "import_bins"
"""What `insert_bins` inserts: a view of each import with these columns."""
BIN_COLUMNS = ("identity", "card_id")
