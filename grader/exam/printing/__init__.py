"""exam.printing: from the exam to sheets of paper: who gets which copy, and where each box is."""
