import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
application = get_wsgi_application()

# What was imported stays; and a process that holds a city's offices and shapes should not look through them all
# each few hundred objects: measured, a fifth of the processor time of an intake.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 50, 100)
