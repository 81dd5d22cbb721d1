"""store: what the grader keeps: the gradebook, runs and the rest of the work folder."""
