"""report: findings, overrides -> Grade, pages. Pure: takes nouns, returns text; reads and writes no files.

render_student(StudentPage) -> str      one self-contained page for a student
render_class(ClassPage)     -> str      the class at a glance: what needs a person stands first
render_similar(SimilarPage) -> str      code that two students have in common, side by side
page_name(student)          -> str      the file name of a student's page
pictures_of(notebook)       -> pictures what a fresh run drew
"""

from grader.report.names import page_name
from grader.report.notebook_pictures import pictures_of
from grader.report.pages import ClassPage, NotebookPicture, SimilarPage, StudentPage, StudentRow, Ungraded
from grader.report.render import render_class, render_similar, render_student

__all__ = [
    "ClassPage",
    "NotebookPicture",
    "SimilarPage",
    "StudentPage",
    "StudentRow",
    "Ungraded",
    "page_name",
    "pictures_of",
    "render_class",
    "render_similar",
    "render_student",
]
