"""What `teiden init` writes: a first site and its stories, in two languages, and a file for each CI."""
