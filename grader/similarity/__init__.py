"""similarity: a class's code cells -> pairs of students who wrote much of the same code. Pure: no files, no clock.

read_given(cells) -> GivenCode                   what everybody got
read_code(student, cells, given) -> Code     the tokens that a student wrote, whatever their names are called
find_pairs(codes) -> [SimilarPair]                  who shares much with whom, and the parts side by side
read_trace(student, notebook) -> Trace        what Colab has noted in it of accounts, moments and files
find_hints(traces, given) -> [Hint]           what of that is worth a look
"""

from grader.similarity.colab import Hint, Trace, find_hints, read_trace
from grader.similarity.pairs import LEAST_SHARE, LEAST_TOKENS, CommonRun, Lines, SimilarPair, find_pairs
from grader.similarity.tokens import Code, GivenCode, read_code, read_given

__all__ = [
    "LEAST_SHARE",
    "LEAST_TOKENS",
    "Code",
    "CommonRun",
    "GivenCode",
    "Hint",
    "Lines",
    "SimilarPair",
    "Trace",
    "find_hints",
    "find_pairs",
    "read_code",
    "read_given",
    "read_trace",
]
