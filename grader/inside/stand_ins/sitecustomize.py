"""Python reads this as it starts: in the sandbox, whatever a notebook starts meets the same network as the notebook."""

from grader.inside import network

network.stand_in()
