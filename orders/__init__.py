"""The living rooms: cases, orders, deputies, documents, and their submission to Sirius."""
