//! The contracts of the services that are served.
