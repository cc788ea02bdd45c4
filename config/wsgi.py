"""What a web server loads: `config.wsgi:application`."""

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
BaseCommand().check()  # a web server, unlike manage.py, runs no checks of its own
