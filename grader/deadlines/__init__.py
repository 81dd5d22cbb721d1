"""deadlines: when work was due, how late it came, and what changed after the deadline. Facts in, judgement out."""
