"""review: what needs a person, on a local page; every decision is an Override, appended.

gather_class(course, work, name) -> ClassQueue   what there is to decide of an assignment or an exam
decide(…), take_back(…)          -> overrides    a person's points, checked; and the way back
show_notebook(notebook)          -> cells        a notebook as text and pictures, in which nothing runs
change_points(text, …)           -> text         a rubric with the points of one criterion changed, and nothing else
try_points(…)                    -> Trial        what that would change for the whole class; nothing is run
make_app(session)                -> Flask        the page
"""
