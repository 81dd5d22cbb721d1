"""A rubric drafted from a solved notebook: what its functions were called with is asked again, and of other numbers.

Nothing of a draft is guessed: a criterion stands in it only where the solved notebook meets it and the untouched one
does not. `verify` proves the rest.
"""
