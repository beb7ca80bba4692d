"""The product's settings, with what the fixtures of a test changed: its data, its folders, real or demonstration."""

import json
import os
from pathlib import Path

from config.settings import *  # noqa: F403

for name, value in json.loads(os.environ["SENACS_SITE_SETTINGS"]).items():
    globals()[name] = Path(value) if isinstance(value, str) else value
