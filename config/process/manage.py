"""Django's command line: `manage.py`, and `payments-back-office` where the program is installed as a package.

Without DATABASE_URL it starts the embedded PostgreSQL for the command.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.process import embedded

    embedded.provide_database_url()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
