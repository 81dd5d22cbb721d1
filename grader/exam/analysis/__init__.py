"""exam.analysis: what a class's responses say of the questions."""
