"""All code that runs beside a student's: the fork server, its kernels, and the probes that they answer.

Imports nothing else of `grader`, and knows no rubric, no reference and no expected value.
"""
