//! Schema standards: what a well-kept catalog looks like, one rule a file.
