"""verify: is a rubric to be trusted?

The reference gets full marks, the untouched notebook none, each known mistake loses what it should, and small slips in
the reference are noticed.
"""

from grader.verify.proven import explain_unproven, note_proof
from grader.verify.verification import LEAST_SHARE, Verification, verify

__all__ = ["LEAST_SHARE", "Verification", "explain_unproven", "note_proof", "verify"]
