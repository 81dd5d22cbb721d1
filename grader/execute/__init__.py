"""execute: Submission, probes -> Run. Drives kernels in the sandbox; what comes out is read as hostile input."""
