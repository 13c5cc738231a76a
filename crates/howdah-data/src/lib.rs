//! Demo data: believable, deterministic, loaded by COPY.
