//! The nouns of the field; no I/O, no SQL, no wire names.
