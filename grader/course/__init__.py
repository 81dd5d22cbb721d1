"""course: the course on disk: course.toml, assignments, what they bring, the roster, the course's grade."""
