//! From an output or a refusal to an answer.
