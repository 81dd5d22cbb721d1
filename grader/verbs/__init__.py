"""verbs: what the commands do, each over a whole class. Every verb can be repeated without harm."""
