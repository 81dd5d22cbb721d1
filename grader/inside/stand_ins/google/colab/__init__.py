"""A stand-in for Colab's own package: a notebook made in Colab runs here, where there is no browser and no Drive.

What can be done here is done; of what cannot, one line says so. `google` is a namespace package, shared with others:
no `__init__.py` may stand beside this folder.
"""

from . import auth, data_table, drive, errors, files, output, runtime, userdata, widgets

__all__ = ["auth", "data_table", "drive", "errors", "files", "output", "runtime", "userdata", "widgets"]
