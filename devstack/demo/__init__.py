"""`python -m devstack demo`: the main job done by itself, by the pages, and checked at Sirius."""
