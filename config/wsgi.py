"""What a web server loads: `config.wsgi:application`."""

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

from config.process.chunked import ChunkedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = ChunkedBodies(get_wsgi_application())
BaseCommand().check()  # a web server, unlike manage.py, runs no checks of its own
