"""Notebooks on the workers of a Dask cluster. Needs the extra `cluster`; nothing else of the grader imports Dask.

offers    what a worker has, and whether it is what this machine has; without Dask
worker    in each worker process: the warm fork server, and what is told to the scheduler
wire      what comes back, as plain data
executor  where the grader was started: works out, runs back, whatever happens to workers and scheduler
starting  finds the cluster that runs, or has one started by a queue
"""
