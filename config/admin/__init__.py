"""What the admin of every app shares, and the pages for people and groups."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.admin import people

__all__ = ["people"]

admin.site.index_title = _("Dashboard")
