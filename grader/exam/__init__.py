"""exam: questions as data, the rules that score them, and responses from files.

read_exam(path)                    -> Exam        the file, checked like a rubric
make_variant(question, seed)       -> Question    parameters drawn, answers and distractors computed
find_remarks(exam, folder)         -> remarks     what a careful colleague would notice before the exam is printed
read_responses(file, exam)         -> Imported    rows of a CSV file as runs, and what a person must look at
take_in(gradebook, imported)       -> Taken       what of it was new
score_exam(gradebook, exam)        -> Scored      findings by the key as it is now, and what changed since the last one

Nothing here starts a kernel or imports what does.
"""
