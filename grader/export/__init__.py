"""export: grades in the form that another system takes in.

ExportRow                            what is told of one student
CourseRow                            what is told of one student's grade of the course
as_csv(rows)               -> text   a table of our own; course_as_csv(rows): that of the course
fill_moodle(sheet, …)      -> Filled Moodle's grading worksheet, with the grades written into it
fill_canvas(sheet, …)      -> Filled Canvas's gradebook, with one column filled
as_results(row)            -> tree   Gradescope's results.json for one student

Nobody whose points wait for a person gets a number: those cells stay as they are, and the command names the students.
"""

from grader.export.canvas import fill_canvas
from grader.export.course_table import CourseRow, course_as_csv
from grader.export.gradescope import as_results
from grader.export.grading_sheet import Filled
from grader.export.moodle import fill_moodle
from grader.export.rows import ExportRow, as_csv

__all__ = ["CourseRow", "ExportRow", "Filled", "as_csv", "as_results", "course_as_csv", "fill_canvas", "fill_moodle"]
