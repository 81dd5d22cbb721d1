"""A solved notebook is the one source of an assignment: what students get of it, and the reference that it holds.

Nothing here runs a line of it.
"""

from grader.authoring.leaks import find_leaks
from grader.authoring.reference_source import make_reference
from grader.authoring.student_notebook import StudentNotebook, make_student_notebook

__all__ = ["StudentNotebook", "find_leaks", "make_reference", "make_student_notebook"]
