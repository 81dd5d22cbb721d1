"""Signing in to Google, which nobody does here."""


def authenticate_user(clear_output: bool = True, project_id: str | None = None) -> None:
    """Sign nobody in, and say so."""
    print("auth: nobody is signed in to Google where notebooks are graded.")


def authenticate_service_account(clear_output: bool = True) -> None:
    """Sign nobody in, and say so."""
    authenticate_user()
