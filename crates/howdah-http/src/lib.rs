//! What every HTTP surface shares: state, principal, errors, limits, request ids.
