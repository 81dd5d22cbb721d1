"""The errors that this package raises."""


class Error(Exception):
    """Any of them."""


class AuthorizationError(Error):
    """Nobody is signed in."""
