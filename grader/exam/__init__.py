"""exam: questions as data, the rules that score them, responses from files, and what these say of the questions.

read_exam(path)                    -> Exam          the file, checked like a rubric
make_variant(question, seed)       -> Question      parameters drawn, answers and distractors computed
find_remarks(exam, folder)         -> remarks       what a careful colleague would notice before the exam is printed
read_responses(file, exam)         -> Imported      rows of a CSV file as runs, and what a person must look at
take_in(gradebook, imported)       -> Taken         what of it was new
score_exam(gradebook, exam)        -> Scored        findings by the key as it is now, and what changed in it
analyse_exam(gradebook, exam)      -> ItemAnalysis  what the class's responses say of the questions
flag(analysis)                     -> Flags         keys that are probably wrong, questions that say little

`paper` prints an exam and reads it from scans.

Nothing here starts a kernel or imports what does.
"""
