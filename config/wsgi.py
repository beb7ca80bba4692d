"""The WSGI entry point that granian serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from senacs.operation.metering import share_counts
from senacs.operation.slow_bodies import SlowBodies
from senacs.operation.warming import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Before anything is counted.
share_counts(f"web-{settings.SITE}")
application = SlowBodies(get_wsgi_application())
# What is loaded stays for the life of the process: looked through again and again for garbage, it would hold up a
# request in a few hundred for a tenth of a second.
import_module(settings.ROOT_URLCONF)
warm_up(application)
connections.close_all()  # this thread serves nobody
gc.collect()
gc.freeze()
