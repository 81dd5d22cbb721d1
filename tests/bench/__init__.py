"""The benchmark: `make bench`. What is promised of speed and memory, measured in one run, beside the targets.

notebooks   the classes that are graded           floor    what the cells alone take
commands    `grader` as its users start it        peers    nbgrader and otter on the same notebooks
memory      what a waiting kernel takes           stored   a thousand runs to score and report again
sheets      what is read on scanned sheets of an exam, and how fast
growth      what a notebook takes in large classes
cluster     a cluster on this machine beside the local pool, and a coordinator with workers that only sleep
table       the figures beside their targets
"""
