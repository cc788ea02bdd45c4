"""The WSGI application: `config.wsgi:application`."""

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

from config.process.chunked import ChunkedBodies
from config.process.compressed import CompressedBodies
from config.process.session_limits import limit_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
limit_requests()
application = ChunkedBodies(CompressedBodies(get_wsgi_application()))
BaseCommand().check()  # unlike manage.py, a web server runs no system checks
