#!/usr/bin/env python
"""Django's command line (config/process/manage.py)."""

from config.process.manage import main

if __name__ == "__main__":
    main()
