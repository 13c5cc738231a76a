//! A database per test, a server per test, one cluster per test run.
