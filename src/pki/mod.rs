//! Certificates, keys, and encrypted files.
