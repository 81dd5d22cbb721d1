"""exam: questions as data, and the rules that score them.

read_exam(path)             -> Exam      the file, checked like a rubric
make_variant(question, seed)-> Question  parameters drawn, answers and distractors computed
find_remarks(exam, folder)  -> remarks   what a careful colleague would notice before the exam is printed

Nothing here starts a kernel or imports what does.
"""
