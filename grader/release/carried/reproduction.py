"""In place of `grader.score.reproduction`: a cell does not see the outputs that the notebook keeps."""
