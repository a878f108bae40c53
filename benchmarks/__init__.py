"""Speed beside the peers: each module that can be run answers one question."""
