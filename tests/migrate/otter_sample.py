"""Writes a small course in otter's format, a master with submissions, with the scores that otter itself gave."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell


def question(name, points, solution, *tests):
    """The cells of a question: each test is a source and what it shows."""
    return [
        new_raw_cell(f"# BEGIN QUESTION\nname: {name}\npoints: {points}"),
        new_markdown_cell(f"Write {name}."),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(solution),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        *(
            new_code_cell(source, outputs=[new_output("execute_result", {"text/plain": shown})] if shown else [])
            for source, shown in tests
        ),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
    ]


MASTER = [
    new_raw_cell("# ASSIGNMENT CONFIG\ngenerate: true\nenvironment: false"),
    *question(
        "square",
        2,
        "def square(x):\n    return x ** 2 # SOLUTION",
        ("square(3)", "9"),
        ("# HIDDEN\nassert square(-2) == 4", ""),
    ),
    *question("word", 1, 'word = "hola" # SOLUTION', ("word", "'hola'")),
    *question(
        "pairs",
        3,
        "def pairs(n):\n    return [(i, i * i) for i in range(n)] # SOLUTION",
        ("pairs(2)", "[(0, 0), (1, 1)]"),
        ("len(pairs(4))", "4"),
        ("for n in range(3):\n    assert len(pairs(n)) == n", ""),
    ),
    new_raw_cell("# BEGIN QUESTION\nname: why\npoints: 2\nmanual: true"),
    new_markdown_cell("Why?"),
    new_raw_cell("# BEGIN SOLUTION"),
    new_markdown_cell("Because."),
    new_raw_cell("# END SOLUTION"),
    new_raw_cell("# END QUESTION"),
]

STUDENTS = {
    "ana": (
        "def square(x):\n    return x * x",
        'word = "hola"',
        "def pairs(n):\n    return [(i, i * i) for i in range(n)]",
    ),
    "bruno": ("def square(x):\n    return x * abs(x)", 'word = "Hola"', "def pairs(n):\n    return list(range(n))"),
    "carla": (
        "def square(x):\n    return float(x * x)",
        'word = "hola"',
        "def pairs(n):\n    return [[i, i] for i in range(n)]",
    ),
    "dora": ("...", "...", "def pairs(n):\n    ..."),
}

SCORES = {
    "ana": {"square": 2, "word": 1, "pairs": 3},
    "bruno": {"square": 1, "word": 0, "pairs": 2},
    "carla": {"square": 1, "word": 1, "pairs": 2},
    "dora": {"square": 0, "word": 0, "pairs": 0},
}
"""By otter-grader 7.0.0, on these cells."""


def write_otter_course(root):
    """A master, submissions/ and final_grades.csv."""
    (root / "submissions").mkdir(parents=True)
    _write(root / "hw1.ipynb", MASTER)
    for student, cells in STUDENTS.items():
        _write(root / f"submissions/{student}.ipynb", [new_code_cell(source) for source in cells])
    rows = [",".join(map(str, [*marks.values(), f"{name}.ipynb"])) for name, marks in SCORES.items()]
    rows = ["square,word,pairs,file", "2,1,3,points-per-question", *rows]
    (root / "final_grades.csv").write_text("\n".join(rows) + "\n")
    return root


def _write(path, cells):
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
