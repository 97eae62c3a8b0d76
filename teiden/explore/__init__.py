"""Random histories of a site, judged, and shrunk to a short story where they go wrong (`teiden explore`)."""
