//! Requests and answers held against the contract.
