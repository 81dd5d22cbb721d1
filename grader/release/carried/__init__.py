"""Modules that travel in a notebook's last cell, in place of those of the same name that need more than Colab has.

They stand in for pydantic's models and for safetensors, so that the modules that ask and judge travel as they are.
"""
