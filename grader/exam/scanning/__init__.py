"""exam.scanning: from scanned pages to answers: which sheet it is, and what was ticked on it."""
