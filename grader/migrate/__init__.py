"""Another grader's course becomes a course of this one, and its old marks are set beside ours."""
