"""The frozen corpus: what classes and exams got once, stored as data, compared with what they get now."""
