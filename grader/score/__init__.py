"""score: Run, Rubric -> [Finding]. Pure: no files, no clock, no kernel."""
