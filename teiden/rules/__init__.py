"""What `teiden check` knows: one small function per rule of the reference document and of reliability.md."""
